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

/**
 * Reads all events of the application in the blocks from `fromBlock` up to and including `upTo`.
 *
 * @throws {ChainDataError} when the responses contradict each other.
 */
export async function readBatch(
  client: PublicClient,
  application: ApplicationInfo,
  { fromBlock, upTo, expectInputs }: BatchRange,
): Promise<ChainBatch> {
  const [inputs, claimsAndExecutions] = await Promise.all([
    expectInputs ? readInputs(client, application, fromBlock, upTo.number) : [],
    readClaimsAndExecutions(client, application, fromBlock, upTo.number),
  ]);
  return { upTo, inputs, ...claimsAndExecutions };
}

export interface BatchRange {
  fromBlock: bigint;
  upTo: BlockRef;
  /** Whether to look for inputs; false when the InputBox has no new ones. */
  expectInputs: boolean;
}

async function readInputs(
  client: PublicClient,
  application: ApplicationInfo,
  fromBlock: bigint,
  toBlock: bigint,
) {
  const logs = await inSmallerRanges(fromBlock, toBlock, (from, to) =>
    client.getLogs({
      address: application.inputBox,
      event: INPUT_ADDED_EVENT,
      args: { appContract: application.address },
      fromBlock: from,
      toBlock: to,
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
  const logs = await inSmallerRanges(fromBlock, toBlock, (from, to) =>
    client.getLogs({
      address: [application.consensus, application.address],
      events: CLAIM_AND_EXECUTION_EVENTS,
      fromBlock: from,
      toBlock: to,
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

/** Endpoints limit the length of a range or the number of logs differently: halves the range until it is accepted. */
async function inSmallerRanges<T>(
  fromBlock: bigint,
  toBlock: bigint,
  read: (fromBlock: bigint, toBlock: bigint) => Promise<T[]>,
): Promise<T[]> {
  try {
    return await read(fromBlock, toBlock);
  } catch (error) {
    if (fromBlock === toBlock || !mayBeTooLarge(error)) {
      throw error;
    }
    const middle = (fromBlock + toBlock) / 2n;
    return [
      ...(await inSmallerRanges(fromBlock, middle, read)),
      ...(await inSmallerRanges(middle + 1n, toBlock, read)),
    ];
  }
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
