import type { Hex } from "viem";
import type { Disputes, DisputesQuery } from "../../dispute/index.ts";
import type { Sender } from "./sender.ts";

/** What is known when it is the guard's turn. */
export interface Situation {
  /** Where the disputes were read. */
  query: DisputesQuery;
  /** The claims and games of the current epoch, as they stand at the newest block that was read. */
  disputes: Disputes;
  /** The state after the current epoch that this node's machine computed; `undefined` until it is sealed and computed. */
  state: Hex | undefined;
}

/** Takes part in the disputes of the node's application. */
export interface Guard {
  /**
   * Sends the most urgent transaction that is due.
   *
   * @returns whether it sent one.
   */
  sendNext(situation: Situation, options: { sender: Sender; signal: AbortSignal }): Promise<boolean>;
}
