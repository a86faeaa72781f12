import {
  type ContractFuture,
  type DeploymentParameters,
  DeploymentResultType,
  deploy,
  type IgnitionModule,
  type IgnitionModuleResult,
} from "@nomicfoundation/ignition-core";
import type { Address } from "viem";
import { committedArtifacts } from "./artifacts.ts";
import { CREATE2_SALT } from "./createX.ts";
import { DeploymentError } from "./errors.ts";

/** An EIP-1193 provider of a chain that signs for its own accounts, as a local one does. */
export interface Chain {
  // biome-ignore lint/suspicious/noExplicitAny: so that the providers of viem and of Hardhat both fit, as EIP-1193 means them to.
  request(request: any): Promise<any>;
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
    provider: chain,
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
