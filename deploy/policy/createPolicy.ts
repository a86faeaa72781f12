import { type Address, createPublicClient, custom } from "viem";
import { type PreparePolicyParameters, preparePolicy } from "../../client/index.ts";
import { type Chain, deployerOf, sendTransaction } from "../chain.ts";

/**
 * Creates a policy, unless it exists.
 *
 * @returns its address.
 * @throws what `preparePolicy` throws.
 * @throws {DeploymentError} when the transaction fails.
 */
export async function createPolicy(chain: Chain, parameters: PreparePolicyParameters): Promise<Address> {
  const client = createPublicClient({ transport: custom(chain) });
  const { address, factory, isMade, data } = await preparePolicy(client, parameters);
  if (!isMade) {
    await sendTransaction(chain, { from: await deployerOf(chain), to: factory, data });
  }
  return address;
}
