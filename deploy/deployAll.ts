import { type Address, createPublicClient, custom, encodeFunctionData, type Hash, zeroAddress } from "viem";
import {
  applicationAbi,
  buildRegistryCreationCode,
  dataAvailabilityAbi,
  policyFactoryAddress,
  policyFactoryInitCode,
  registryAddress,
} from "../abi/index.ts";
import type { Deployment, DisputableDeployment, VotedDeployment } from "../protocol/deployments/index.ts";
import {
  type ApplicationTerms,
  type DisputableTerms,
  isDisputable,
  type VotedTerms,
} from "./applicationTerms.ts";
import type { CartesiContracts } from "./cartesiContracts.ts";
import { type Chain, codeAt, deployerOf } from "./chain.ts";
import { type Application, type ChosenSalt, chooseSalt, type SaltOptions } from "./chooseSalt.ts";
import { deployWithCreate2 } from "./create2.ts";
import { DeploymentError } from "./deploymentError.ts";
import { consensusOf, deployDisputeConsensus, registerApplication } from "./disputeConsensus.ts";
import { makeApplicationModule } from "./modules/makeApplicationModule.ts";
import { type RunOptions, runModule } from "./runModule.ts";
import { creationBlock } from "./searchBlocks.ts";

export interface DeployOptions extends SaltOptions, Pick<RunOptions, "isInstant"> {
  /** Allows the deployer to keep the application's ownership when the terms ask for it. */
  allowOwner?: boolean;
  /** Told of an application that is not registered with its consensus, for want of a proof: nobody can claim before somebody does. */
  onUnregistered?: (application: Address, consensus: Address) => void;
}

/** How often somebody may be quicker before the deployment fails: each time costs the deployer a failed transaction. */
const MAX_OUTPACED = 3;

/**
 * Deploys an application with its consensus, and the registry and the policy factory if they are missing; for one whose claims can be
 * disputed the step verifier, too, and registers it if the terms have the proof.
 *
 * @throws {DeploymentError} before anything is sent when there is no account, when the terms ask for an owner and that is not
 * allowed, when their salt is taken, or when the block of an existing registry cannot be found; when a transaction fails;
 * before the application is created when the step verifier refuses its template; when the application has an owner despite the terms.
 */
export function deployAll(
  chain: Chain,
  terms: VotedTerms,
  cartesi: CartesiContracts,
  options?: DeployOptions,
): Promise<VotedDeployment>;
export function deployAll(
  chain: Chain,
  terms: DisputableTerms,
  cartesi: CartesiContracts,
  options?: DeployOptions,
): Promise<DisputableDeployment>;
export function deployAll(
  chain: Chain,
  terms: ApplicationTerms,
  cartesi: CartesiContracts,
  options?: DeployOptions,
): Promise<Deployment>;
export async function deployAll(
  chain: Chain,
  terms: ApplicationTerms,
  cartesi: CartesiContracts,
  options: DeployOptions = {},
): Promise<Deployment> {
  if (terms.owner && !options.allowOwner) {
    throw new DeploymentError("the application would keep an owner, who could change its consensus", {
      remedy: "leave `owner` out of the parameters, or allow it with --allow-owner",
    });
  }
  const application = await describeApplication(chain, terms, cartesi);
  const chosen = await chooseSalt(chain, application, options);
  const existing = await existingRegistryBlock(chain);
  await deployWithCreate2(chain, buildRegistryCreationCode);
  await deployWithCreate2(chain, policyFactoryInitCode());
  if (isDisputable(terms)) {
    await deployDisputeConsensus(chain, terms, cartesi);
  }
  const { salt, ...made } = await deployApplication(chain, application, chosen, options);
  const applicationBlock = await creationBlock(chain, made.application);
  const owner = await ownerOf(chain, made.application);
  if (owner !== zeroAddress && !terms.owner) {
    throw new DeploymentError(`the application ${made.application} still has the owner ${owner}`);
  }
  if (isDisputable(terms) && !(await registerApplication(chain, made, terms.templateProof))) {
    options.onUnregistered?.(made.application, made.consensus);
  }
  return {
    chainId: application.chainId,
    genesisHash: application.genesisHash,
    registryBlock: existing ?? (await creationBlock(chain, registryAddress())),
    applicationBlock,
    ...cartesi,
    registry: registryAddress(),
    policyFactory: policyFactoryAddress(),
    ...made,
    ...describeConsensus(terms),
    deployer: application.deployer,
    salt,
    owner,
    templateHash: terms.templateHash,
  };
}

function describeConsensus(
  terms: ApplicationTerms,
): Pick<VotedDeployment, "claimer" | "validators" | "epochLength"> | Pick<DisputableDeployment, "dispute"> {
  if (isDisputable(terms)) {
    return terms.consensus;
  }
  const { consensus, epochLength } = terms;
  return "quorum" in consensus
    ? { claimer: consensus.quorum[0]!, validators: consensus.quorum, epochLength }
    : { claimer: consensus.authority, epochLength };
}

async function describeApplication(
  chain: Chain,
  terms: ApplicationTerms,
  cartesi: CartesiContracts,
): Promise<Application> {
  const client = createPublicClient({ transport: custom(chain) });
  const [deployer, chainId, genesis] = await Promise.all([
    deployerOf(chain),
    client.getChainId(),
    client.getBlock({ blockNumber: 0n }),
  ]);
  const dataAvailability = encodeFunctionData({
    abi: dataAvailabilityAbi,
    functionName: "InputBox",
    args: [cartesi.inputBox],
  });
  return { chainId, genesisHash: genesis.hash, deployer, terms, cartesi, dataAvailability };
}

/** Asked before anything is sent: an endpoint without old states cannot answer for a registry that others deployed long ago. */
async function existingRegistryBlock(chain: Chain): Promise<number | undefined> {
  return (await codeAt(chain, registryAddress())) === "0x"
    ? undefined
    : creationBlock(chain, registryAddress());
}

/** Anybody can send the same transaction with a higher fee while ours waits: then there is another salt. */
async function deployApplication(
  chain: Chain,
  application: Application,
  first: ChosenSalt,
  options: DeployOptions,
): Promise<{ application: Address; consensus: Address; salt: Hash }> {
  let chosen = first;
  for (let left = MAX_OUTPACED; ; left--) {
    try {
      const made = await runApplicationModule(chain, application, chosen, options);
      return { ...made, salt: chosen.salt };
    } catch (error) {
      const other = await chooseSalt(chain, application, options);
      if (other.salt === chosen.salt || left === 0) {
        throw error;
      }
      chosen = other;
    }
  }
}

function runApplicationModule(
  chain: Chain,
  { terms, cartesi, dataAvailability }: Application,
  { salt, journal }: ChosenSalt,
  { isInstant }: DeployOptions,
) {
  const { kind, ...parameters } = consensusParameters(terms, cartesi);
  return runModule(chain, makeApplicationModule(kind, terms.owner ? "kept" : "renounced"), {
    ...(isInstant && { isInstant }),
    ...(journal && { journal }),
    parameters: {
      applicationFactory: cartesi.applicationFactory,
      ...parameters,
      templateHash: terms.templateHash,
      dataAvailability,
      salt,
    },
  });
}

function consensusParameters(terms: ApplicationTerms, cartesi: CartesiContracts) {
  if (isDisputable(terms)) {
    return { kind: "dispute", consensus: consensusOf(terms, cartesi) } as const;
  }
  const { consensus } = terms;
  const epochLength = BigInt(terms.epochLength);
  const { quorumFactory, authorityFactory } = cartesi;
  return "quorum" in consensus
    ? ({
        kind: "quorum",
        consensusFactory: quorumFactory,
        validators: consensus.quorum,
        epochLength,
      } as const)
    : ({
        kind: "authority",
        consensusFactory: authorityFactory,
        claimer: consensus.authority,
        epochLength,
      } as const);
}

function ownerOf(chain: Chain, address: Address): Promise<Address> {
  const client = createPublicClient({ transport: custom(chain) });
  return client.readContract({ address, abi: applicationAbi, functionName: "owner" });
}
