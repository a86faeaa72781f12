import type { Address, Hex } from "viem";
import type { Deployment } from "../../../protocol/deployments/index.ts";
import type { Log } from "../log/log.ts";
import type { SafeBlock } from "./chainEvents.ts";

export interface NodeOptions {
  /** HTTP JSON-RPC of the chain. */
  rpcUrl: string;
  application: Address;
  /** What the chain must have: the node refuses to start for an application that was deployed otherwise. */
  deployment?: Deployment | undefined;
  /** The stored machine whose root hash the application names. */
  templateDirectory: string;
  /** Holds the node's database and snapshots, in a folder for each chain and application. */
  dataDirectory: string;
  /** Private key of the account that submits claims and executes vouchers; without it the node only reads. */
  claimerKey?: Hex | undefined;
  /** Take part in the disputes of an application that has them: seal, claim, challenge and play. Needs a key. */
  guard?: boolean | undefined;
  /** Execute every accepted voucher. */
  execute?: boolean | undefined;
  /** Stop with {@link WrongClaimError} when a claim differs from what the machine computed. */
  watch?: boolean | undefined;
  /** Receives alarms about wrong claims, as JSON. */
  webhook?: URL | undefined;
  /** Where to listen on 127.0.0.1; 0, the default, lets the system choose. */
  port?: number | undefined;
  /** The one origin whose web pages may ask the node, or `*` for all; by default none. */
  corsOrigin?: string | undefined;
  /** Polling interval for the chain, in milliseconds; by default 1,000. */
  pollMs?: number | undefined;
  /** Timeout of a request to the RPC endpoint, in milliseconds; by default 10,000. */
  rpcTimeoutMs?: number | undefined;
  /** Milliseconds after which an unmined transaction is sent with higher fees; by default 60,000. */
  raiseAfterMs?: number | undefined;
  /** Up to which block the chain is read; by default `finalized` for a claimer where the chain has it, otherwise `latest`. */
  safeBlock?: SafeBlock | undefined;
  /** A snapshot is taken when replaying from the last one would take about this many cycles; by default 20 billion. */
  snapshotCycles?: bigint | undefined;
  /** Stops the node when aborted. */
  signal?: AbortSignal | undefined;
  log?: Log | undefined;
}
