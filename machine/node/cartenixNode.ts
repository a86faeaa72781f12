import type { Address, Hash, Hex } from "viem";
import type { Log } from "./log/log.ts";
import type { SafeBlock } from "./model/chainEvents.ts";
import type { NodeStatus } from "./monitor/nodeStatus.ts";

export interface NodeOptions {
  /** HTTP JSON-RPC of the chain. */
  rpcUrl: string;
  application: Address;
  /** The stored machine whose root hash the application names. */
  templateDirectory: string;
  /** Where the node keeps what it knows, in a folder for each chain and application. */
  dataDirectory: string;
  /** Private key of the account that submits claims and executes vouchers; without it the node only reads. */
  claimerKey?: Hex | undefined;
  /** Execute every accepted voucher. */
  execute?: boolean | undefined;
  /** Where to listen on 127.0.0.1; 0, the default, lets the system choose. */
  port?: number | undefined;
  /** Milliseconds between two looks at the chain; 1,000 without it. */
  pollMs?: number | undefined;
  /** Milliseconds that the chain may take for one answer; 10,000 without it. */
  rpcTimeoutMs?: number | undefined;
  /** Milliseconds after which a transaction that is not mined is sent with higher fees; 60,000 without it. */
  raiseAfterMs?: number | undefined;
  /** Which block counts as settled; `latest` without it. */
  safeBlock?: SafeBlock | undefined;
  /** The machine is stored when replaying from the last snapshot would take about this many cycles; 20 billion without it. */
  snapshotCycles?: bigint | undefined;
  /** The most cycles that one input may take; all nodes of an application must agree on it. */
  maxCycles?: bigint | undefined;
  /** Stops the node when aborted. */
  signal?: AbortSignal | undefined;
  log?: Log | undefined;
}

export interface CartenixNode {
  /** `http://127.0.0.1:<port>`: JSON-RPC at `/rpc`, queries at `/inspect/<application>`, `/status`, `/health`, `/metrics`. */
  url: string;
  status(): NodeStatus;
  /** How many machine cycles an input took; `undefined` while it waits for its result. */
  cyclesOf(inputIndex: bigint): bigint | undefined;
  /**
   * Executes an accepted voucher; `undefined` when it was executed already.
   *
   * @throws NoKeyError, OutputNotProvenError; viem's error when the contract refuses.
   */
  executeOutput(index: bigint): Promise<Hash | undefined>;
  /** Resolves when the node has stopped, and rejects when it had to stop for a fault that trying again cannot mend. */
  stopped: Promise<void>;
  /** Stops the node; what it was doing is given up, and done again at the next start. */
  stop(): Promise<void>;
}
