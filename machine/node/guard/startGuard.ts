import type { Hex, PublicClient } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { type RecoverOptions, recoverEmulator } from "../advancer/recoverMachine.ts";
import type { Guard } from "../claimer/guard.ts";
import type { ApplicationInfo } from "../model/applicationInfo.ts";
import { readInput } from "../store/inputsTable.ts";
import { createGuard } from "./createGuard.ts";
import { createEpochTraces } from "./epochTraces.ts";
import { NothingToGuardError } from "./guardErrors.ts";
import { expectFunds } from "./guardFunds.ts";

export interface StartGuardOptions extends RecoverOptions {
  client: PublicClient;
  application: ApplicationInfo;
  privateKey: Hex;
  /** Called when something that took time is ready to be sent. */
  onReady(): void;
}

/**
 * A guard of the node's application.
 *
 * @throws {NothingToGuardError} when the application's claims are decided by votes.
 * @throws {GuardFundsError} when the account could not even claim and challenge.
 */
export async function startGuard(options: StartGuardOptions): Promise<Guard & AsyncDisposable> {
  const { client, application, privateKey, onReady, ...recovery } = options;
  const { store, signal, log } = recovery;
  if (application.terms === undefined) {
    throw new NothingToGuardError(application.address);
  }
  const { bond } = application.terms;
  await expectFunds(client, privateKeyToAccount(privateKey).address, bond);
  const traces = createEpochTraces({
    openMachine: async (inputs) => (await recoverEmulator(recovery, inputs)).emulator,
    readInput: (index) => readInput(store, index).raw,
    signal,
  });
  return createGuard({ client, traces, bond, onReady, log });
}
