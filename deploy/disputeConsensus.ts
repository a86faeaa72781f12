import {
  type Address,
  BaseError,
  ContractFunctionRevertedError,
  createPublicClient,
  custom,
  encodeFunctionData,
  type Hex,
  zeroHash,
} from "viem";
import {
  disputeConsensusAbi,
  disputeConsensusAddress,
  disputeConsensusInitCode,
  iStepVerifierAbi,
  stepVerifier20CreationCode,
} from "../abi/index.ts";
import type { DisputableTerms } from "./applicationTerms.ts";
import type { CartesiContracts } from "./cartesiContracts.ts";
import { type Chain, deployerOf, sendTransaction } from "./chain.ts";
import { deployWithCreate2 } from "./create2.ts";
import { DeploymentError } from "./deploymentError.ts";

/** The address of the consensus with these terms. */
export function consensusOf(terms: DisputableTerms, cartesi: CartesiContracts): Address {
  return disputeConsensusAddress(constructorTerms(terms, cartesi));
}

/**
 * Deploys the consensus with these terms, and the step verifier, unless they are there already: one consensus serves any number of
 * applications.
 *
 * @throws {DeploymentError} when the step verifier refuses the template's proof, or a transaction fails.
 */
export async function deployDisputeConsensus(
  chain: Chain,
  terms: DisputableTerms,
  cartesi: CartesiContracts,
): Promise<void> {
  await deployWithCreate2(chain, stepVerifier20CreationCode);
  await checkTemplate(chain, terms);
  await deployWithCreate2(chain, disputeConsensusInitCode(constructorTerms(terms, cartesi)));
}

/**
 * Registers an application with its consensus, unless somebody has.
 *
 * @returns whether it is registered: not without a proof.
 * @throws {DeploymentError} when the transaction fails.
 */
export async function registerApplication(
  chain: Chain,
  { application, consensus }: { application: Address; consensus: Address },
  templateProof: Hex | undefined,
): Promise<boolean> {
  if (await isRegistered(chain, application, consensus)) {
    return true;
  }
  if (templateProof === undefined) {
    return false;
  }
  const data = encodeFunctionData({
    abi: disputeConsensusAbi,
    functionName: "register",
    args: [application, templateProof],
  });
  try {
    await sendTransaction(chain, { from: await deployerOf(chain), to: consensus, data });
  } catch (error) {
    // Somebody else can have registered it in the meantime.
    if (!(await isRegistered(chain, application, consensus))) {
      throw error;
    }
  }
  return true;
}

async function isRegistered(chain: Chain, application: Address, consensus: Address): Promise<boolean> {
  const client = createPublicClient({ transport: custom(chain) });
  const { state } = await client.readContract({
    address: consensus,
    abi: disputeConsensusAbi,
    functionName: "epochOf",
    args: [application],
  });
  return state !== zeroHash;
}

async function checkTemplate(chain: Chain, { templateHash, templateProof, consensus }: DisputableTerms) {
  if (templateProof === undefined) {
    return;
  }
  const client = createPublicClient({ transport: custom(chain) });
  await client
    .readContract({
      address: consensus.dispute.stepVerifier,
      abi: iStepVerifierAbi,
      functionName: "checkTemplate",
      args: [templateHash, templateProof],
    })
    .catch((cause) => {
      if (!(cause instanceof BaseError && cause.walk(isRevert))) {
        throw cause;
      }
      throw new DeploymentError(`the step verifier refuses the template ${templateHash}`, {
        cause,
        details: cause.shortMessage,
        remedy: "make template and proof again with `npm run template -- --pin`",
      });
    });
}

function isRevert(cause: unknown): boolean {
  return cause instanceof ContractFunctionRevertedError;
}

function constructorTerms({ consensus: { dispute } }: DisputableTerms, { inputBox }: CartesiContracts) {
  return { ...dispute, inputBox, bond: BigInt(dispute.bond) };
}
