import type { Hash } from "viem";
import type { NodeStatus } from "./monitor/nodeStatus.ts";

export interface CartenixNode {
  /** `http://127.0.0.1:<port>`: JSON-RPC at `/rpc`, queries at `/inspect/<application>`, `/status`, `/health`, `/metrics`. */
  url: string;
  status(): NodeStatus;
  /** How many machine cycles an input took; `undefined` until it is processed. */
  cyclesOf(inputIndex: bigint): bigint | undefined;
  /**
   * Executes an accepted voucher.
   *
   * @returns the transaction's hash; `undefined` if the voucher was already executed.
   * @throws {NoKeyError} when the node has no key.
   * @throws {OutputNotProvenError} when the output does not exist, or its epoch has no claim yet.
   * @throws viem's error when the call would revert.
   */
  executeOutput(index: bigint): Promise<Hash | undefined>;
  /** Resolves when the node has stopped; rejects when it stopped because of an error that retrying cannot fix. */
  stopped: Promise<void>;
  /** Stops the node at once; unfinished work is repeated at the next start. */
  stop(): Promise<void>;
}
