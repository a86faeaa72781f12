import {
  type Address,
  BaseError,
  ContractFunctionRevertedError,
  ContractFunctionZeroDataError,
  decodeFunctionData,
  getAddress,
  type Hex,
  type PublicClient,
} from "viem";
import type { ApplicationInfo, ConsensusInfo } from "../model/applicationInfo.ts";
import { applicationAbi, consensusAbi, dataAvailabilityAbi, inputBoxAbi, quorumAbi } from "./abis.ts";
import { ApplicationError } from "./chainErrors.ts";
import { readDisputeTerms } from "./readDisputeTerms.ts";

/**
 * Reads an application's immutable properties from the chain.
 *
 * @throws {ApplicationError} when there is no application at the address, its inputs do not come from an InputBox, or its
 * consensus is neither Cartesi's nor one with disputes.
 */
export async function readApplicationInfo(client: PublicClient, address: Address): Promise<ApplicationInfo> {
  const application = { address, abi: applicationAbi } as const;
  const [chainId, genesis, code] = await Promise.all([
    client.getChainId(),
    client.getBlock({ blockNumber: 0n }),
    client.getCode({ address }),
  ]);
  if (code === undefined) {
    throw new ApplicationError(address, `no contract on chain ${chainId}`);
  }
  const [consensus, templateHash, dataAvailability, deploymentBlock] = await asApplication(
    address,
    Promise.all([
      client.readContract({ ...application, functionName: "getOutputsMerkleRootValidator" }),
      client.readContract({ ...application, functionName: "getTemplateHash" }),
      client.readContract({ ...application, functionName: "getDataAvailability" }),
      client.readContract({ ...application, functionName: "getDeploymentBlockNumber" }),
    ]),
  );
  const inputBox = inputBoxOf(address, dataAvailability);
  const [consensusInfo, firstBlock] = await asApplication(
    address,
    Promise.all([
      readConsensusInfo(client, { address, consensus, inputBox, templateHash }),
      firstBlockWithInputs(client, inputBox, address, deploymentBlock),
    ]),
  );
  return {
    ...consensusInfo,
    chainId: BigInt(chainId),
    genesisHash: genesis.hash,
    address: getAddress(address),
    consensus,
    inputBox,
    dataAvailability,
    templateHash,
    firstBlock,
  };
}

async function asApplication<T>(address: Address, responses: Promise<T>): Promise<T> {
  try {
    return await responses;
  } catch (error) {
    if (error instanceof ApplicationError) {
      throw error;
    }
    const reason = error instanceof BaseError ? error.shortMessage : String(error);
    throw new ApplicationError(address, reason, error);
  }
}

function inputBoxOf(address: Address, dataAvailability: Hex): Address {
  try {
    const [inputBox] = decodeFunctionData({ abi: dataAvailabilityAbi, data: dataAvailability }).args;
    return inputBox;
  } catch (error) {
    throw new ApplicationError(
      address,
      `its inputs do not come from an InputBox: ${dataAvailability}`,
      error,
    );
  }
}

async function readConsensusInfo(
  client: PublicClient,
  application: Pick<ApplicationInfo, "address" | "consensus" | "inputBox" | "templateHash">,
): Promise<ConsensusInfo> {
  const epochLength = await unlessReverted(
    client.readContract({
      address: application.consensus,
      abi: consensusAbi,
      functionName: "getEpochLength",
    }),
  );
  if (epochLength === undefined) {
    return { consensusType: "DISPUTE", terms: await readDisputeTerms(client, application) };
  }
  if (epochLength === 0n) {
    throw new ApplicationError(application.address, "its consensus has an epoch length of 0");
  }
  // Only a quorum has a number of validators.
  const validators = await unlessReverted(
    client.readContract({ address: application.consensus, abi: quorumAbi, functionName: "numOfValidators" }),
  );
  return { consensusType: validators === undefined ? "AUTHORITY" : "QUORUM", epochLength };
}

async function unlessReverted<T>(response: Promise<T>): Promise<T | undefined> {
  try {
    return await response;
  } catch (error) {
    if (error instanceof BaseError && error.walk(isRevert) !== null) {
      return undefined;
    }
    throw error;
  }
}

function isRevert(cause: unknown): boolean {
  return cause instanceof ContractFunctionRevertedError || cause instanceof ContractFunctionZeroDataError;
}

/**
 * Anyone may add inputs for an address before its contract is deployed. Usually nobody has, which one call to an archive
 * node shows; without that answer the search starts at the InputBox's own deployment.
 */
async function firstBlockWithInputs(
  client: PublicClient,
  inputBox: Address,
  application: Address,
  deploymentBlock: bigint,
): Promise<bigint> {
  const box = { address: inputBox, abi: inputBoxAbi } as const;
  const inputBoxBlock = await client.readContract({ ...box, functionName: "getDeploymentBlockNumber" });
  if (deploymentBlock <= inputBoxBlock) {
    return inputBoxBlock;
  }
  const inputsBefore = await client
    .readContract({
      ...box,
      functionName: "getNumberOfInputs",
      args: [application],
      blockNumber: deploymentBlock - 1n,
    })
    .catch(() => undefined);
  return inputsBefore === 0n ? deploymentBlock : inputBoxBlock;
}
