import { type GetLogsReturnType, getAbiItem, isAddressEqual, type PublicClient } from "viem";
import { decodeEvmAdvance } from "../../../protocol/index.ts";
import type { ApplicationInfo } from "../model/applicationInfo.ts";
import type { AddedInput } from "../model/chainEvents.ts";
import { inputBoxAbi } from "./abis.ts";
import { ChainDataError } from "./chainErrors.ts";
import { type LogRange, readInParts } from "./readInParts.ts";

const MAX_INPUT_BYTES = 65_536;
/**
 * The most that a page of inputs holds, so that memory does not grow with what a block holds. In an endpoint's response a
 * byte takes two characters: 64 of the largest inputs are half of what the node accepts.
 */
const MAX_PAGE_BYTES = 64 * MAX_INPUT_BYTES;
/** What an input takes besides its bytes: hashes, numbers, the object. */
const INPUT_OVERHEAD_BYTES = 1_024;
/** A page ends when it has room for fewer of the largest inputs than this. */
const MIN_REQUEST_INPUTS = 32;

const INPUT_ADDED_EVENT = getAbiItem({ abi: inputBoxAbi, name: "InputAdded" });
type InputLog = GetLogsReturnType<typeof INPUT_ADDED_EVENT, [typeof INPUT_ADDED_EVENT], true>[number];

export interface InputRange {
  fromBlock: bigint;
  toBlock: bigint;
  /** The first input to look for, and the number of inputs that the InputBox has. */
  inputs: readonly [known: bigint, total: bigint];
}

/**
 * Reads the next inputs by their indexes, a page of at most 4 MiB. The response to one request has room for the largest
 * inputs that the page still has room for.
 *
 * @returns the inputs, and whether the page ended before the range did.
 * @throws {ChainDataError} when a log is not one of the requested.
 */
export async function readInputs(
  client: PublicClient,
  application: ApplicationInfo,
  { fromBlock, toBlock, inputs: [known, total] }: InputRange,
): Promise<{ inputs: AddedInput[]; isCut: boolean }> {
  const inputs: AddedInput[] = [];
  let bytes = 0;
  for (let next = known; next < total; ) {
    const room = Math.floor((MAX_PAGE_BYTES - bytes) / MAX_INPUT_BYTES);
    if (room < MIN_REQUEST_INPUTS) {
      return { inputs, isCut: true };
    }
    const end = next + BigInt(room) < total ? next + BigInt(room) : total;
    const indexes = Array.from({ length: Number(end - next) }, (_, at) => next + BigInt(at));
    const parts = readInParts(
      { fromBlock, toBlock, indexes },
      { read: (range) => readInputLogs(client, application, range) },
    );
    for await (const { found } of parts) {
      inputs.push(...found);
      bytes += found.reduce((sum, { raw }) => sum + raw.length / 2 + INPUT_OVERHEAD_BYTES, 0);
    }
    if (inputs.at(-1)?.index !== end - 1n) {
      break; // the others are in later blocks
    }
    next = end;
  }
  return { inputs, isCut: false };
}

async function readInputLogs(
  client: PublicClient,
  application: ApplicationInfo,
  { fromBlock, toBlock, indexes }: LogRange,
): Promise<AddedInput[]> {
  const logs = await client.getLogs({
    address: application.inputBox,
    event: INPUT_ADDED_EVENT,
    args: { appContract: application.address, index: [...indexes] },
    fromBlock,
    toBlock,
    strict: true,
  });
  return logs.map((log) => toInput(log, application, { fromBlock, toBlock }));
}

function toInput(
  log: InputLog,
  application: ApplicationInfo,
  { fromBlock, toBlock }: { fromBlock: bigint; toBlock: bigint },
): AddedInput {
  const { index, input: raw, appContract } = log.args;
  const where = `the log of input ${index}`;
  if (
    !isAddressEqual(log.address, application.inputBox) ||
    !isAddressEqual(appContract, application.address)
  ) {
    throw new ChainDataError(`${where} belongs to another contract`);
  }
  if (log.removed || log.blockNumber < fromBlock || log.blockNumber > toBlock) {
    throw new ChainDataError(`${where} is from block ${log.blockNumber}, outside ${fromBlock} to ${toBlock}`);
  }
  if (raw.length > 2 + 2 * MAX_INPUT_BYTES) {
    throw new ChainDataError(`${where} is longer than ${MAX_INPUT_BYTES} bytes`);
  }
  const advance = decodeEvmAdvance(raw);
  if (
    advance === undefined ||
    advance.chainId !== application.chainId ||
    advance.index !== index ||
    advance.blockNumber !== log.blockNumber ||
    !isAddressEqual(advance.application, application.address)
  ) {
    throw new ChainDataError(`${where} does not contain a matching EvmAdvance`);
  }
  return {
    index,
    block: { number: log.blockNumber, hash: log.blockHash },
    transactionHash: log.transactionHash,
    sender: advance.sender,
    raw,
  };
}
