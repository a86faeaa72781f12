import type { Hash, Hex, PublicClient } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { createMutex } from "../concurrency/mutex.ts";
import type { Log } from "../log/log.ts";
import type { ApplicationInfo } from "../model/applicationInfo.ts";
import type { Monitor } from "../monitor/createMonitor.ts";
import type { Store } from "../store/openStore.ts";
import { createBackoff } from "./backoff.ts";
import type { ClaimerContext } from "./claimerContext.ts";
import { executeOutput } from "./executeOutputs.ts";
import type { Guard } from "./guard.ts";
import { sendDueTransactions } from "./sendDueTransactions.ts";
import { createSender } from "./sender.ts";

/** Submits claims and executes vouchers from one account, one task at a time. */
export interface Claimer {
  sendDueTransactions(options: { execute: boolean; signal: AbortSignal }): Promise<void>;
  /** @returns the transaction's hash; `undefined` if the output was already executed. */
  executeOutput(index: bigint): Promise<Hash | undefined>;
  /** Allows everything that failed to be retried at once. */
  resetBackoff(): void;
}

export interface ClaimerOptions {
  client: PublicClient;
  store: Store;
  application: ApplicationInfo;
  privateKey: Hex;
  /** How long a transaction may stay pending before it is sent with higher fees. */
  raiseAfterMs: number;
  /** Takes part in disputes; without one the claimer only executes vouchers of an application that has them. */
  guard?: Guard | undefined;
  monitor: Monitor;
  log: Log;
}

export function createClaimer({
  privateKey,
  raiseAfterMs,
  guard,
  monitor,
  ...shared
}: ClaimerOptions): Claimer {
  const { client, store, application, log } = shared;
  const account = privateKeyToAccount(privateKey);
  const { chainId } = application;
  const sender = createSender({ client, store, account, chainId, raiseAfterMs, monitor, log });
  const context: ClaimerContext = { ...shared, sender, guard, backoff: createBackoff() };
  const mutex = createMutex();
  return {
    sendDueTransactions: (options) => mutex(() => sendDueTransactions(context, options)),
    executeOutput: (index) => mutex(() => executeOutput(context, index)),
    resetBackoff: () => context.backoff.reset(),
  };
}
