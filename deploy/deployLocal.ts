import { type Address, createPublicClient, custom, getAddress, type Hex, http, parseEther } from "viem";
import { stepVerifierAddress } from "../abi/index.ts";
import type { Deployment, DisputableDeployment, VotedDeployment } from "../protocol/deployments/index.ts";
import { type CartesiContracts, deployCartesiContracts } from "./cartesiContracts.ts";
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

export interface DeployDisputableLocalOptions {
  /** HTTP JSON-RPC of a local Hardhat chain. */
  rpcUrl: string;
  /** The root hash of the machine's template. */
  templateHash: Hex;
  /** What shows that disputes can start from the template; without it the application is not registered with its consensus. */
  templateProof?: Hex;
  /** How many inputs an epoch has at most. */
  maxInputs: number;
  /** Windows and clock in blocks. */
  claimWindow: number;
  challengeWindow: number;
  clock: number;
  /** In ether. */
  bond: string;
  /** Where to write the record as JSON. */
  deploymentFile?: string;
}

/** {@link deployToLocalChain} by the chain's URL. */
export function deployLocal(options: DeployLocalOptions): Promise<VotedDeployment> {
  return deployToLocalChain(createPublicClient({ transport: http(options.rpcUrl) }), options);
}

/**
 * Deploys everything on a local chain: Cartesi's contracts, an Authority, an Application with our template hash and no owner,
 * and the registry and the policy factory at their own addresses.
 *
 * @throws {DeploymentError} when the chain is not a local one or refuses a transaction.
 */
export async function deployToLocalChain(chain: Chain, options: LocalDeployment): Promise<VotedDeployment> {
  const cartesi = await prepareLocalChain(chain);
  const { templateHash, epochLength, claimer = (await accountsOf(chain))[0]!, deploymentFile } = options;
  const terms = { templateHash, epochLength, consensus: { authority: getAddress(claimer) } };
  return recorded(await deployAll(chain, terms, cartesi, { isInstant: true }), deploymentFile);
}

/**
 * The same with a consensus that lets anybody claim and dispute, and with the step verifier.
 *
 * @throws {DeploymentError} when the chain is not a local one or refuses a transaction, or the proof is not the template's.
 */
export async function deployDisputableLocal(
  options: DeployDisputableLocalOptions,
): Promise<DisputableDeployment> {
  const chain = createPublicClient({ transport: http(options.rpcUrl) });
  const cartesi = await prepareLocalChain(chain);
  const { templateHash, templateProof, deploymentFile } = options;
  const { maxInputs, claimWindow, challengeWindow, clock } = options;
  const bond = parseEther(options.bond).toString();
  const stepVerifier = stepVerifierAddress();
  const dispute = { stepVerifier, maxInputs, claimWindow, challengeWindow, clock, bond };
  const terms = { templateHash, ...(templateProof && { templateProof }), consensus: { dispute } };
  return recorded(await deployAll(chain, terms, cartesi, { isInstant: true }), deploymentFile);
}

async function prepareLocalChain(chain: Chain): Promise<CartesiContracts> {
  const chainId = await createPublicClient({ transport: custom(chain) }).getChainId();
  if (chainId !== LOCAL_CHAIN_ID) {
    throw new DeploymentError(`chain ${chainId} is not a local one`, {
      remedy: "follow docs/deployment.md for other chains",
    });
  }
  return deployCartesiContracts(chain);
}

async function recorded<Made extends Deployment>(deployment: Made, file: string | undefined): Promise<Made> {
  if (file) {
    await writeDeployment(file, deployment);
  }
  return deployment;
}
