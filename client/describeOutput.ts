import type { Address, Client, Hex } from "viem";
import { readContract } from "viem/actions";
import { applicationAbi } from "../abi/index.ts";
import { decodeOutput, decodeRecord, formatNarHash, type RegistryOutput } from "../protocol/index.ts";
import { explainChainError, type History, type ReadHistoryParameters, readHistory } from "./chain/index.ts";
import { NotTheContractError } from "./clientErrors.ts";
import { findVoucher, NoProofError } from "./proof/index.ts";

/** What the chain has of a store path that one application recorded. */
export interface OutputDescription {
  readonly application: Address;
  /** `null` where this is not a Cartesi application: anyone can record under an address of their own. */
  readonly templateHash: Hex | null;
  readonly history: History;
  /** As the voucher has it; `null` where the transaction does not show the voucher. */
  readonly output: RegistryOutput | null;
}

/**
 * Reads all that the chain has of a store path by one application: its template, its records, and what the voucher says.
 *
 * @throws {ChainUnreachableError} when an endpoint does not answer.
 * @throws {NotTheContractError} when the registry is not at its address.
 */
export async function describeOutput(
  client: Client,
  parameters: ReadHistoryParameters,
): Promise<OutputDescription> {
  const { application, toBlock } = parameters;
  const [templateHash, history] = await Promise.all([
    readTemplateHash(client, application, toBlock),
    readHistory(client, parameters),
  ]);
  const [first] = history.observations;
  const output = first ? await findOutput(client, parameters, first.narHash) : null;
  return { application, templateHash, history, output };
}

async function readTemplateHash(client: Client, address: Address, blockNumber: bigint): Promise<Hex | null> {
  try {
    return await readContract(client, {
      ...{ address, abi: applicationAbi, functionName: "getTemplateHash", blockNumber },
    }).catch(explainChainError);
  } catch (error) {
    if (error instanceof NotTheContractError) {
      return null;
    }
    throw error;
  }
}

/** From the transaction alone, which must say what was recorded: what a node would say of it, nothing proves here. */
async function findOutput(
  client: Client,
  parameters: ReadHistoryParameters,
  narHash: string,
): Promise<RegistryOutput | null> {
  try {
    const { voucher } = await findVoucher(client, { ...parameters, machine: undefined });
    const call = decodeOutput(voucher.output);
    const outputs = call?.type === "Voucher" ? decodeRecord(call.payload)?.outputs : undefined;
    const output = outputs?.find(({ storePath }) => storePath === parameters.storePath);
    return output && formatNarHash(output.narHash) === narHash ? output : null;
  } catch (error) {
    if (error instanceof NoProofError) {
      return null;
    }
    throw error;
  }
}
