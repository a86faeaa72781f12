import { createPublicClient, custom, encodeFunctionData, zeroAddress } from "viem";
import { applicationAbi, dataAvailabilityAbi, policyFactoryAddress, registryAddress } from "../abi/index.ts";
import type { Deployment } from "../protocol/index.ts";
import type { ApplicationTerms } from "./applicationTerms.ts";
import type { CartesiContracts } from "./cartesiContracts.ts";
import { type Chain, codeAt } from "./chain.ts";
import { DeploymentError } from "./deploymentError.ts";
import { makeApplicationModule } from "./modules/makeApplicationModule.ts";
import policyFactoryModule from "./modules/policyFactory.ts";
import registryModule from "./modules/registry.ts";
import { type RunOptions, runModule } from "./runModule.ts";

export interface DeployOptions extends RunOptions {
  /** Allows the deployer to keep the application's ownership when the terms ask for it. */
  allowOwner?: boolean;
}

/**
 * Deploys an application with its consensus, and the registry and the policy factory if they are missing.
 *
 * @throws {DeploymentError} before anything is sent when the terms ask for an owner and that is not allowed; when a transaction
 * fails; when the application has an owner despite the terms.
 */
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
  const client = createPublicClient({ transport: custom(chain) });
  const [chainId, genesis, before] = await Promise.all([
    client.getChainId(),
    client.getBlock({ blockNumber: 0n }),
    client.getBlockNumber(),
  ]);
  if ((await codeAt(chain, registryAddress())) === "0x") {
    await runModule(chain, registryModule, { ...options, create2: true });
  }
  if ((await codeAt(chain, policyFactoryAddress())) === "0x") {
    await runModule(chain, policyFactoryModule, { ...options, create2: true });
  }
  const made = await deployApplication(chain, terms, cartesi, options);
  const owner = await client.readContract({
    address: made.application,
    abi: applicationAbi,
    functionName: "owner",
  });
  if (owner !== zeroAddress && !terms.owner) {
    throw new DeploymentError(`the application ${made.application} still has the owner ${owner}`);
  }
  const { consensus } = terms;
  return {
    chainId,
    genesisHash: genesis.hash,
    deploymentBlock: Number(before) + 1,
    ...cartesi,
    registry: registryAddress(),
    policyFactory: policyFactoryAddress(),
    ...made,
    ...("quorum" in consensus
      ? { claimer: consensus.quorum[0]!, validators: consensus.quorum }
      : { claimer: consensus.authority }),
    owner,
    epochLength: terms.epochLength,
    templateHash: terms.templateHash,
  };
}

function deployApplication(
  chain: Chain,
  terms: ApplicationTerms,
  cartesi: CartesiContracts,
  options: RunOptions,
) {
  const { consensus, owner } = terms;
  const isQuorum = "quorum" in consensus;
  const module = makeApplicationModule(isQuorum ? "quorum" : "authority", owner ? "kept" : "renounced");
  return runModule(chain, module, {
    ...options,
    parameters: {
      applicationFactory: cartesi.applicationFactory,
      consensusFactory: isQuorum ? cartesi.quorumFactory : cartesi.authorityFactory,
      ...(isQuorum ? { validators: consensus.quorum } : { claimer: consensus.authority }),
      epochLength: BigInt(terms.epochLength),
      templateHash: terms.templateHash,
      dataAvailability: encodeFunctionData({
        abi: dataAvailabilityAbi,
        functionName: "InputBox",
        args: [cartesi.inputBox],
      }),
    },
  });
}
