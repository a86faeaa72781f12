import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  type ContractFuture,
  type DeploymentParameters,
  type DeploymentResult,
  DeploymentResultType,
  deploy,
  type IgnitionModule,
  type IgnitionModuleResult,
  type StatusResult,
  status,
  wipe,
} from "@nomicfoundation/ignition-core";
import { type Address, getAddress } from "viem";
import { accountsOf, type Chain } from "./chain.ts";
import { DeploymentError } from "./deploymentError.ts";
import { NO_ARTIFACTS } from "./noArtifacts.ts";
import { type LostTransaction, settleLostTransaction } from "./settleLostTransaction.ts";

export interface RunOptions {
  /** Where Ignition keeps its journal of this module, to resume the deployment; in memory by default. */
  journal?: string;
  /** Whether the chain mines a block at once for each transaction. */
  isInstant?: boolean;
}

/** Hardhat's errors for transactions of the sender that have too few confirmations for Ignition to begin. */
const UNCONFIRMED = ["HHE10402", "HHE10403"];
/** Its error for a transaction that Ignition was about to send when it was stopped. */
const LOST = "HHE10410";
const CONFIRMATION_POLL_MS = 1_000;
const CONFIRMATION_TIMEOUT_MS = 10 * 60_000;

/**
 * Runs an Ignition module on a chain. What failed in an earlier run with the same journal is tried again.
 *
 * @returns The addresses of the module's results, under their names.
 * @throws {DeploymentError} when a transaction failed, or earlier ones of the sender are not confirmed within ten minutes.
 */
export async function runModule<
  ContractName extends string,
  Results extends IgnitionModuleResult<ContractName>,
>(
  chain: Chain,
  module: IgnitionModule<string, ContractName, Results>,
  { journal, isInstant, parameters = {} }: RunOptions & { parameters?: DeploymentParameters[string] } = {},
): Promise<Record<keyof Results, Address>> {
  for (const { futureId } of (await journalStatus(journal))?.failed ?? []) {
    await wipe(journal!, NO_ARTIFACTS, futureId);
  }
  const accounts = (await accountsOf(chain)).map((account) => getAddress(account));
  const result = await onceSettled(chain, accounts[0]!, journal, () =>
    deploy({
      provider: chain,
      accounts,
      artifactResolver: NO_ARTIFACTS,
      ignitionModule: module,
      deploymentParameters: { [module.id]: parameters },
      config: isInstant ? { requiredConfirmations: 1, blockPollingInterval: 50 } : {},
      ...(journal === undefined ? {} : { deploymentDir: journal }),
    }),
  );
  if (result.type !== DeploymentResultType.SUCCESSFUL_DEPLOYMENT) {
    throw new DeploymentError(`the deployment of ${module.id} failed`, {
      details: reasonsOf(result).join("; "),
      remedy: "remove the cause and run the same again: it goes on where it stopped",
    });
  }
  const addresses = Object.entries<ContractFuture<string>>(module.results).map(([name, future]) => [
    name,
    result.contracts[future.id]!.address,
  ]);
  return Object.fromEntries(addresses);
}

/** What the journal in this folder knows; `undefined` when there is none. */
export async function journalStatus(journal: string | undefined): Promise<StatusResult | undefined> {
  return journal !== undefined && existsSync(join(journal, "journal.jsonl")) ? status(journal) : undefined;
}

/**
 * Ignition begins only when all of the sender's transactions have enough confirmations, those of {@link deployWithCreate2}
 * included, and when it knows what became of the transactions of an earlier run.
 */
async function onceSettled<Result>(
  chain: Chain,
  sender: Address,
  journal: string | undefined,
  run: () => Promise<Result>,
): Promise<Result> {
  const deadline = Date.now() + CONFIRMATION_TIMEOUT_MS;
  for (;;) {
    try {
      return await run();
    } catch (cause) {
      if (!(await canTryAgain(chain, journal, cause))) {
        throw cause;
      }
      if (Date.now() > deadline) {
        throw new DeploymentError(`transactions of ${sender} have been unconfirmed for ten minutes`, {
          cause,
          remedy: "wait until the chain has included them, or replace them, and run the same again",
        });
      }
    }
  }
}

/** Waits until it makes sense to run Ignition again after this error; `false` if it never does. */
async function canTryAgain(chain: Chain, journal: string | undefined, error: unknown): Promise<boolean> {
  const { errorCode, messageArguments } = error as { errorCode?: string; messageArguments?: unknown };
  if (errorCode === LOST && journal !== undefined) {
    if (await settleLostTransaction(chain, journal, messageArguments as LostTransaction)) {
      return true;
    }
  } else if (errorCode === undefined || !UNCONFIRMED.includes(errorCode)) {
    return false;
  }
  await new Promise((resolve) => setTimeout(resolve, CONFIRMATION_POLL_MS));
  return true;
}

function reasonsOf(result: DeploymentResult): string[] {
  switch (result.type) {
    case DeploymentResultType.EXECUTION_ERROR:
      return [
        ...result.failed.map(({ futureId, error }) => `${futureId}: ${error}`),
        ...result.timedOut.map(({ futureId }) => `${futureId}: not included in a block in time`),
        ...result.held.map(({ futureId, reason }) => `${futureId}: ${reason}`),
      ];
    case DeploymentResultType.SUCCESSFUL_DEPLOYMENT:
      return [];
    default:
      return Object.entries(result.errors).map(([futureId, errors]) => `${futureId}: ${errors.join(", ")}`);
  }
}
