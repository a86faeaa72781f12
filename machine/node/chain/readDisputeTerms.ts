import {
  BaseError,
  type ContractFunctionReturnType,
  decodeFunctionResult,
  encodeFunctionData,
  encodeFunctionResult,
  type Hex,
  isAddressEqual,
  type PublicClient,
  zeroHash,
} from "viem";
import type { ApplicationInfo, DisputeTerms } from "../model/applicationInfo.ts";
import { disputeConsensusAbi } from "./abis.ts";
import { ApplicationError } from "./chainErrors.ts";

type Disputable = Pick<ApplicationInfo, "address" | "consensus" | "inputBox" | "templateHash">;

/**
 * Reads the terms of a consensus that lets anybody dispute.
 *
 * @throws {ApplicationError} when it is no such consensus, or does not fit the application.
 */
export async function readDisputeTerms(client: PublicClient, application: Disputable): Promise<DisputeTerms> {
  const refuse = (details: string, cause?: unknown) =>
    new ApplicationError(application.address, `its consensus ${application.consensus} ${details}`, cause);
  const { inputBox, ...terms } = await callStrictly(client, application, "terms", [], refuse);
  const epoch = await callStrictly(client, application, "epochOf", [application.address], refuse);
  if (!isAddressEqual(inputBox, application.inputBox)) {
    throw refuse(`reads the InputBox ${inputBox}, the application's inputs are in ${application.inputBox}`);
  }
  const { maxInputs, claimWindow, challengeWindow, clock, bond } = terms;
  if ([maxInputs, claimWindow, challengeWindow, clock, Number(bond)].includes(0)) {
    throw refuse("has terms that are zero");
  }
  if (epoch.index === 0n && epoch.state !== zeroHash && epoch.state !== application.templateHash) {
    throw refuse(`starts from ${epoch.state}, the application's template is ${application.templateHash}`);
  }
  return terms;
}

/** A function's answer; whoever merely pretends to be this consensus answers with other words, or with more or fewer of them. */
async function callStrictly<name extends "terms" | "epochOf">(
  client: PublicClient,
  { consensus }: Disputable,
  functionName: name,
  args: readonly Hex[],
  refuse: (details: string, cause?: unknown) => ApplicationError,
): Promise<ContractFunctionReturnType<typeof disputeConsensusAbi, "view", name>> {
  const call = { abi: disputeConsensusAbi, functionName } as const;
  let data: Hex;
  try {
    data =
      (await client.call({ to: consensus, data: encodeFunctionData({ ...call, args } as never) })).data ??
      "0x";
  } catch (error) {
    if (error instanceof BaseError && error.walk(isExecutionError) !== null) {
      throw refuse("is neither an Authority, nor a Quorum, nor one with disputes", error);
    }
    throw error;
  }
  try {
    const result: unknown = decodeFunctionResult({ ...call, data } as never);
    if (encodeFunctionResult({ ...call, result } as never) === data) {
      return result as never;
    }
  } catch (error) {
    throw refuse(`does not answer ${functionName}() as a consensus with disputes does`, error);
  }
  throw refuse(`does not answer ${functionName}() as a consensus with disputes does`);
}

function isExecutionError(cause: unknown): boolean {
  return cause instanceof Error && ["ExecutionRevertedError", "RawContractError"].includes(cause.name);
}
