import { createPublicClient, type Hex, http } from "viem";
import { IndexerError } from "./indexerError.ts";
import type { ChainSettings, IndexerSettings } from "./settings.ts";

const TIMEOUT_MS = 10_000;

/**
 * Checks that the RPC endpoints serve the chains that the deployments are on.
 *
 * @throws {IndexerError} when one serves another chain, or none of a chain answers.
 */
export async function checkChains({ chains }: Pick<IndexerSettings, "chains">): Promise<void> {
  await Promise.all(chains.map(checkChain));
}

async function checkChain({ rpcUrls, deployments }: ChainSettings): Promise<void> {
  const { chainId, genesisHash } = deployments[0]!;
  const answers = await Promise.allSettled(rpcUrls.map(identify));
  for (const [place, answer] of answers.entries()) {
    if (answer.status === "rejected") {
      continue;
    }
    const found = answer.value;
    if (found.chainId !== chainId || found.genesisHash !== genesisHash) {
      throw new IndexerError(`the RPC endpoint ${hostOf(rpcUrls[place]!)} serves another chain`, {
        details: `it has the chain id ${found.chainId} and the genesis hash ${found.genesisHash}, the deployments name ${chainId} and ${genesisHash}`,
        remedy: "use an endpoint of that chain, or the deployment files of this one",
      });
    }
  }
  if (answers.every(({ status }) => status === "rejected")) {
    const [{ reason }] = answers as [PromiseRejectedResult];
    throw new IndexerError(`no RPC endpoint of chain ${chainId} answers`, {
      details: `${hostOf(rpcUrls[0]!)}: ${(reason as { shortMessage?: string }).shortMessage ?? reason}`,
      remedy: "check the settings' rpcUrls, and that the chain runs",
    });
  }
}

async function identify(url: string): Promise<{ chainId: number; genesisHash: Hex }> {
  const client = createPublicClient({ transport: http(url, { timeout: TIMEOUT_MS, retryCount: 1 }) });
  const [chainId, { hash }] = await Promise.all([client.getChainId(), client.getBlock({ blockNumber: 0n })]);
  return { chainId, genesisHash: hash };
}

/** A URL may hold a key, which no log should show. */
function hostOf(url: string): string {
  return new URL(url).host;
}
