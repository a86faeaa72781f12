import type { Address } from "viem";
import type { VotedDeployment } from "../../protocol/deployments/index.ts";
import { deploymentOf, readSettings } from "../settings.ts";

const settings = readSettings(process.env);

/** Whether there are contracts to follow that every indexer need not have. */
export const follows = {
  releaseRegistries: settings.chains.some(({ releaseRegistries }) => releaseRegistries.length > 0),
  upgradeGates: settings.chains.some(({ upgradeGates }) => upgradeGates.length > 0),
};

/** The deployment of a configured application. */
export function findDeployment(chainId: number, application: Address): VotedDeployment | undefined {
  return deploymentOf(settings, chainId, application);
}

/** Whether a chain's registry is at this address. */
export function isRegistry(chainId: number, address: Address): boolean {
  return settings.chains
    .flatMap(({ deployments }) => deployments)
    .some((item) => item.chainId === chainId && item.registry.toLowerCase() === address.toLowerCase());
}
