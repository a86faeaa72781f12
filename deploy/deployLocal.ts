import { type Address, createPublicClient, custom, getAddress, type Hex, http } from "viem";
import type { Deployment } from "../protocol/index.ts";
import { deployCartesiContracts } from "./cartesiContracts.ts";
import { accountsOf, type Chain, LOCAL_CHAIN_ID } from "./chain.ts";
import { deployAll } from "./deployAll.ts";
import { DeploymentError } from "./deploymentError.ts";
import { writeDeployment } from "./deploymentFile.ts";

export interface LocalDeployment {
  /** The root hash of the machine's template. */
  templateHash: Hex;
  /** The length of an epoch in blocks. */
  epochLength: number;
  /** The account that submits claims; by default the chain's first. */
  claimer?: Address;
  /** Where to write the record as JSON. */
  deploymentFile?: string;
}

export interface DeployLocalOptions extends LocalDeployment {
  /** HTTP JSON-RPC of a local Hardhat chain. */
  rpcUrl: string;
}

/** {@link deployToLocalChain} by the chain's URL. */
export function deployLocal(options: DeployLocalOptions): Promise<Deployment> {
  return deployToLocalChain(createPublicClient({ transport: http(options.rpcUrl) }), options);
}

/**
 * Deploys everything on a local chain: Cartesi's contracts, an Authority, an Application with our template hash and no owner,
 * and the registry and the policy factory at their own addresses.
 *
 * @throws {DeploymentError} when the chain is not a local one or refuses a transaction.
 */
export async function deployToLocalChain(chain: Chain, options: LocalDeployment): Promise<Deployment> {
  const client = createPublicClient({ transport: custom(chain) });
  const chainId = await client.getChainId();
  if (chainId !== LOCAL_CHAIN_ID) {
    throw new DeploymentError(`chain ${chainId} is not a local one`, {
      remedy: "follow docs/deployment.md for other chains",
    });
  }
  const { templateHash, epochLength, claimer = (await accountsOf(chain))[0]!, deploymentFile } = options;
  const terms = { templateHash, epochLength, consensus: { authority: getAddress(claimer) } };
  const cartesi = await deployCartesiContracts(chain);
  const record = await deployAll(chain, terms, cartesi, { isInstant: true });
  if (deploymentFile) {
    await writeDeployment(deploymentFile, record);
  }
  return record;
}
