/** What `/healthz` answers. */
export interface Health {
  healthy: boolean;
  /** Whether the chains have been read once up to the last block that was final then. */
  ready: boolean;
  chains: ChainHealth[];
}

export interface ChainHealth {
  chainId: number;
  healthy: boolean;
  reason?: string;
  indexed?: { block: number; timestamp: number };
  head?: { block: number; timestamp: number };
  lag?: { blocks: number; seconds: number };
}
