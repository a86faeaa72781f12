import {
  type ContractFuture,
  type DeploymentParameters,
  DeploymentResultType,
  deploy,
  type EIP1193Provider,
  type IgnitionModule,
  type IgnitionModuleResult,
} from "@nomicfoundation/ignition-core";
import type { Address, EIP1193Parameters, EIP1474Methods } from "viem";
import { committedArtifacts } from "./artifacts.ts";
import { CREATE2_SALT } from "./createX.ts";
import { DeploymentError } from "./errors.ts";

/** How to reach a chain that signs for its own accounts, as a local one does. */
export interface Chain {
  request(parameters: EIP1193Parameters<EIP1474Methods>): Promise<unknown>;
}

/**
 * Runs an Ignition module on a chain; its journal is kept in memory only.
 *
 * @returns The addresses of the module's results, under their names.
 * @throws DeploymentError when a transaction failed.
 */
export async function runModule<
  ContractName extends string,
  Results extends IgnitionModuleResult<ContractName>,
>(
  chain: Chain,
  module: IgnitionModule<string, ContractName, Results>,
  options: { parameters?: DeploymentParameters; create2?: boolean } = {},
): Promise<Record<keyof Results, Address>> {
  const result = await deploy({
    provider: chain as EIP1193Provider,
    accounts: await accountsOf(chain),
    artifactResolver: committedArtifacts,
    ignitionModule: module,
    deploymentParameters: options.parameters ?? {},
    config: { requiredConfirmations: 1, blockPollingInterval: 50 },
    ...(options.create2 ? { strategy: "create2" as const, strategyConfig: { salt: CREATE2_SALT } } : {}),
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

/** The accounts that a chain signs for itself. */
export async function accountsOf(chain: Chain): Promise<Address[]> {
  return (await chain.request({ method: "eth_accounts" })) as Address[];
}
