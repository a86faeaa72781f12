import { getAddress, type PublicClient } from "viem";
import type { ApplicationInfo } from "../model/applicationInfo.ts";
import type { NodeOptions } from "../model/nodeOptions.ts";
import { ApplicationError, EndpointError } from "./chainErrors.ts";
import { describeFault } from "./describeFault.ts";
import { expectDeployment } from "./expectDeployment.ts";
import { readApplicationInfo } from "./readApplicationInfo.ts";

/**
 * Reads which application the node serves, when it starts.
 *
 * @throws {ApplicationError} when there is no application at the address that this node can serve, or it is not the deployment's.
 * @throws {EndpointError} when the RPC endpoint does not work.
 */
export async function identifyApplication(
  client: PublicClient,
  { application, deployment, rpcUrl }: Pick<NodeOptions, "application" | "deployment" | "rpcUrl">,
): Promise<ApplicationInfo> {
  try {
    const info = await readApplicationInfo(client, getAddress(application));
    if (deployment !== undefined) {
      expectDeployment(info, deployment);
    }
    return info;
  } catch (error) {
    if (error instanceof ApplicationError) {
      throw error;
    }
    throw new EndpointError(describeFault(error, rpcUrl));
  }
}
