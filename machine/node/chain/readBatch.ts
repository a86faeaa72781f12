import {
  BaseError,
  getAbiItem,
  HttpRequestError,
  isAddressEqual,
  type PublicClient,
  RpcRequestError,
  TimeoutError,
} from "viem";
import { decodeEvmAdvance } from "../../../protocol/index.ts";
import type { ApplicationInfo } from "../model/applicationInfo.ts";
import type { AddedInput, BlockRef, ChainBatch, ClaimEvent, ExecutedOutput } from "../model/chainEvents.ts";
import { applicationAbi, consensusAbi, inputBoxAbi } from "./abis.ts";
import { ChainDataError } from "./chainErrors.ts";

const MAX_INPUT_BYTES = 65_536;
/**
 * How many inputs are read and kept in memory at a time. In an endpoint's response each takes up to 132,500 bytes, so 64 of
 * the largest are half of what the node accepts.
 */
export const MAX_PAGE_INPUTS = 64n;

const CLAIM_AND_EXECUTION_EVENTS = [
  getAbiItem({ abi: consensusAbi, name: "ClaimSubmitted" }),
  getAbiItem({ abi: consensusAbi, name: "ClaimAccepted" }),
  getAbiItem({ abi: applicationAbi, name: "OutputExecuted" }),
] as const;
const INPUT_ADDED_EVENT = getAbiItem({ abi: inputBoxAbi, name: "InputAdded" });

const CLAIM_KINDS = {
  ClaimSubmitted: "submitted",
  ClaimAccepted: "accepted",
} as const satisfies Record<string, ClaimEvent["kind"]>;

export interface BatchRange {
  fromBlock: bigint;
  upTo: BlockRef;
  /** The first input to look for, and the number of inputs that the InputBox has. */
  inputs: readonly [known: bigint, total: bigint];
}

/**
 * Reads the events of the application in the blocks from `fromBlock` up to and including `upTo`, but not more than
 * {@link MAX_PAGE_INPUTS} inputs: then the batch ends with the last of them, in the middle of its block if need be.
 *
 * @throws {ChainDataError} when the responses contradict each other.
 */
export async function readBatch(
  client: PublicClient,
  application: ApplicationInfo,
  { fromBlock, upTo, inputs: [known, total] }: BatchRange,
): Promise<ChainBatch> {
  const end = known + MAX_PAGE_INPUTS < total ? known + MAX_PAGE_INPUTS : total;
  const indexes = Array.from({ length: Number(end - known) }, (_, at) => known + BigInt(at));
  const inputs = await readInputs(client, application, { fromBlock, toBlock: upTo.number, indexes });
  const last = inputs.at(-1);
  const isCut = last !== undefined && last.index === end - 1n && end < total;
  const checkedBlock = isCut ? last.block.number - 1n : upTo.number;
  const claimsAndExecutions =
    checkedBlock < fromBlock
      ? { claims: [], executions: [] }
      : await readClaimsAndExecutions(client, application, fromBlock, checkedBlock);
  return { upTo: isCut ? last.block : upTo, checkedBlock, inputs, ...claimsAndExecutions };
}

async function readInputs(
  client: PublicClient,
  application: ApplicationInfo,
  { fromBlock, toBlock, indexes }: { fromBlock: bigint; toBlock: bigint; indexes: readonly bigint[] },
): Promise<AddedInput[]> {
  if (indexes.length === 0) {
    return [];
  }
  const logs = await inSmallerParts({ fromBlock, toBlock, indexes }, (part) =>
    client.getLogs({
      address: application.inputBox,
      event: INPUT_ADDED_EVENT,
      args: { appContract: application.address, index: [...part.indexes] },
      fromBlock: part.fromBlock,
      toBlock: part.toBlock,
      strict: true,
    }),
  );
  return logs.map((log): AddedInput => {
    const { index, input: raw, appContract } = log.args;
    const where = `the log of input ${index}`;
    if (
      !isAddressEqual(log.address, application.inputBox) ||
      !isAddressEqual(appContract, application.address)
    ) {
      throw new ChainDataError(`${where} belongs to another contract`);
    }
    if (log.removed || log.blockNumber < fromBlock || log.blockNumber > toBlock) {
      throw new ChainDataError(
        `${where} is from block ${log.blockNumber}, outside ${fromBlock} to ${toBlock}`,
      );
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
  });
}

async function readClaimsAndExecutions(
  client: PublicClient,
  application: ApplicationInfo,
  fromBlock: bigint,
  toBlock: bigint,
): Promise<{ claims: ClaimEvent[]; executions: ExecutedOutput[] }> {
  const logs = await inSmallerParts({ fromBlock, toBlock, indexes: [] }, (part) =>
    client.getLogs({
      address: [application.consensus, application.address],
      events: CLAIM_AND_EXECUTION_EVENTS,
      fromBlock: part.fromBlock,
      toBlock: part.toBlock,
      strict: true,
    }),
  );
  const claims: ClaimEvent[] = [];
  const executions: ExecutedOutput[] = [];
  for (const log of logs) {
    const { eventName, blockNumber, logIndex, transactionHash } = log;
    switch (eventName) {
      case "OutputExecuted":
        if (isAddressEqual(log.address, application.address)) {
          executions.push({ outputIndex: log.args.outputIndex, blockNumber, transactionHash });
        }
        break;
      case "ClaimSubmitted":
      case "ClaimAccepted": {
        const { appContract, lastProcessedBlockNumber, outputsMerkleRoot } = log.args;
        if (
          isAddressEqual(log.address, application.consensus) &&
          isAddressEqual(appContract, application.address)
        ) {
          claims.push({
            kind: CLAIM_KINDS[eventName],
            blockNumber,
            logIndex,
            transactionHash,
            epoch: lastProcessedBlockNumber / application.epochLength,
            outputsRoot: outputsMerkleRoot,
            submitter: eventName === "ClaimSubmitted" ? log.args.submitter : undefined,
          });
        }
        break;
      }
      default:
        eventName satisfies never;
    }
  }
  return { claims, executions };
}

interface LogRange {
  fromBlock: bigint;
  toBlock: bigint;
  /** The inputs to look for; empty when it is not inputs. */
  indexes: readonly bigint[];
}

/**
 * Endpoints limit the length of a range, the number of logs or the size of a response differently: halves the range until
 * it is accepted, and in a single block the inputs that are looked for.
 */
async function inSmallerParts<T>(range: LogRange, read: (range: LogRange) => Promise<T[]>): Promise<T[]> {
  try {
    return await read(range);
  } catch (error) {
    const halves = halvesOf(range);
    if (halves === undefined || !mayBeTooLarge(error)) {
      throw error;
    }
    const [first, second] = halves;
    return [...(await inSmallerParts(first, read)), ...(await inSmallerParts(second, read))];
  }
}

function halvesOf(range: LogRange): [LogRange, LogRange] | undefined {
  const { fromBlock, toBlock, indexes } = range;
  if (fromBlock < toBlock) {
    const middle = (fromBlock + toBlock) / 2n;
    return [
      { ...range, toBlock: middle },
      { ...range, fromBlock: middle + 1n },
    ];
  }
  if (indexes.length > 1) {
    const middle = indexes.length >> 1;
    return [
      { ...range, indexes: indexes.slice(0, middle) },
      { ...range, indexes: indexes.slice(middle) },
    ];
  }
  return undefined;
}

/** HTTP statuses; `undefined` when there was no response. */
const UNAVAILABLE_OR_RATE_LIMITED = [undefined, 429, 503];

/** Whether a shorter range may help: not if the endpoint is unavailable or limits our rate. */
function mayBeTooLarge(error: unknown): boolean {
  if (!(error instanceof BaseError) || error.walk((cause) => cause instanceof TimeoutError)) {
    return false;
  }
  const failure = error.walk(
    (cause) => cause instanceof HttpRequestError || cause instanceof RpcRequestError,
  );
  if (failure instanceof HttpRequestError) {
    return !UNAVAILABLE_OR_RATE_LIMITED.includes(failure.status);
  }
  return !(
    failure instanceof RpcRequestError &&
    failure.status !== undefined &&
    UNAVAILABLE_OR_RATE_LIMITED.includes(failure.status)
  );
}
