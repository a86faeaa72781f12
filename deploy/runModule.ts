import {
  type ArtifactResolver,
  type ContractFuture,
  type DeploymentParameters,
  DeploymentResultType,
  deploy,
  type IgnitionModule,
  type IgnitionModuleResult,
} from "@nomicfoundation/ignition-core";
import type { Address } from "viem";
import { CREATE2_SALT } from "../abi/index.ts";
import { committedArtifacts } from "./artifacts.ts";
import { accountsOf, type Chain } from "./chain.ts";
import { ensureCreateX } from "./createX.ts";
import { DeploymentError } from "./deploymentError.ts";

export interface RunOptions {
  /** Where Ignition keeps its journal, to resume a deployment and to verify sources later; in memory by default. */
  journal?: string;
  /** Where named contracts come from; the committed creation code by default. */
  artifacts?: ArtifactResolver;
  /** Whether the chain mines a block at once for each transaction. */
  isInstant?: boolean;
}

/**
 * Runs an Ignition module on a chain.
 *
 * @returns The addresses of the module's results, under their names.
 * @throws {DeploymentError} when a transaction failed.
 */
export async function runModule<
  ContractName extends string,
  Results extends IgnitionModuleResult<ContractName>,
>(
  chain: Chain,
  module: IgnitionModule<string, ContractName, Results>,
  options: RunOptions & { parameters?: DeploymentParameters[string]; create2?: boolean } = {},
): Promise<Record<keyof Results, Address>> {
  const { journal, artifacts = committedArtifacts, isInstant, parameters = {}, create2 } = options;
  if (create2) {
    await ensureCreateX(chain);
  }
  const result = await deploy({
    provider: chain,
    accounts: await accountsOf(chain),
    artifactResolver: artifacts,
    ignitionModule: module,
    deploymentParameters: { [module.id]: parameters },
    config: isInstant ? { requiredConfirmations: 1, blockPollingInterval: 50 } : {},
    ...(journal === undefined ? {} : { deploymentDir: journal }),
    ...(create2 ? { strategy: "create2" as const, strategyConfig: { salt: CREATE2_SALT } } : {}),
  });
  if (result.type !== DeploymentResultType.SUCCESSFUL_DEPLOYMENT) {
    throw new DeploymentError(`the deployment of ${module.id} failed`, {
      details: JSON.stringify(result, (_, value) => (typeof value === "bigint" ? `${value}` : value)),
    });
  }
  const addresses = Object.entries<ContractFuture<string>>(module.results).map(([name, future]) => [
    name,
    result.contracts[future.id]!.address,
  ]);
  return Object.fromEntries(addresses);
}
