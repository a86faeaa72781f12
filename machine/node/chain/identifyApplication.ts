import { type Address, getAddress, type PublicClient } from "viem";
import type { ApplicationInfo } from "../model/applicationInfo.ts";
import { ApplicationError, EndpointError } from "./chainErrors.ts";
import { describeFault } from "./describeFault.ts";
import { readApplicationInfo } from "./readApplicationInfo.ts";

/**
 * Reads which application the node serves, when it starts.
 *
 * @throws {ApplicationError} when there is no application at the address that this node can serve.
 * @throws {EndpointError} when the RPC endpoint does not work.
 */
export async function identifyApplication(
  client: PublicClient,
  { application, rpcUrl }: { application: Address; rpcUrl: string },
): Promise<ApplicationInfo> {
  try {
    return await readApplicationInfo(client, getAddress(application));
  } catch (error) {
    if (error instanceof ApplicationError) {
      throw error;
    }
    throw new EndpointError(describeFault(error, rpcUrl));
  }
}
