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
import type { ApplicationInfo, ConsensusType } from "../model/applicationInfo.ts";
import {
  applicationAbi,
  consensusAbi,
  dataAvailabilityAbi,
  disputeConsensusAbi,
  inputBoxAbi,
  quorumAbi,
} from "./abis.ts";
import { ApplicationError, DisputableApplicationError } from "./chainErrors.ts";

/**
 * Reads an application's immutable properties from the chain.
 *
 * @throws {ApplicationError} when there is no application at the address, its inputs do not come from an InputBox, or its claims are
 * decided by disputes.
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
  const [epochLength, consensusType, firstBlock] = await asApplication(
    address,
    Promise.all([
      readEpochLength(client, address, consensus),
      consensusTypeOf(client, consensus),
      firstBlockWithInputs(client, inputBox, address, deploymentBlock),
    ]),
  );
  if (epochLength === 0n) {
    throw new ApplicationError(address, "its consensus has an epoch length of 0");
  }
  return {
    chainId: BigInt(chainId),
    genesisHash: genesis.hash,
    address: getAddress(address),
    consensus,
    consensusType,
    inputBox,
    dataAvailability,
    templateHash,
    epochLength,
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

async function readEpochLength(
  client: PublicClient,
  application: Address,
  consensus: Address,
): Promise<bigint> {
  try {
    return await client.readContract({
      address: consensus,
      abi: consensusAbi,
      functionName: "getEpochLength",
    });
  } catch (error) {
    if (isFromContract(error) && (await hasDisputes(client, application, consensus))) {
      throw new DisputableApplicationError(application, error);
    }
    throw error;
  }
}

/** Only a consensus with disputes tells an application's epoch. */
async function hasDisputes(client: PublicClient, application: Address, consensus: Address): Promise<boolean> {
  try {
    await client.readContract({
      address: consensus,
      abi: disputeConsensusAbi,
      functionName: "epochOf",
      args: [application],
    });
    return true;
  } catch (error) {
    if (isFromContract(error)) {
      return false;
    }
    throw error;
  }
}

/** Only a quorum has a number of validators. */
async function consensusTypeOf(client: PublicClient, consensus: Address): Promise<ConsensusType> {
  try {
    await client.readContract({ address: consensus, abi: quorumAbi, functionName: "numOfValidators" });
    return "QUORUM";
  } catch (error) {
    if (isFromContract(error)) {
      return "AUTHORITY";
    }
    throw error;
  }
}

function isFromContract(error: unknown): boolean {
  return error instanceof BaseError && error.walk(isRevert) !== null;
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
