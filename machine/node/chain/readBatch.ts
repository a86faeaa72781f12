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

const settlementEvents = [
  getAbiItem({ abi: consensusAbi, name: "ClaimSubmitted" }),
  getAbiItem({ abi: consensusAbi, name: "ClaimAccepted" }),
  getAbiItem({ abi: applicationAbi, name: "OutputExecuted" }),
] as const;
const inputAdded = getAbiItem({ abi: inputBoxAbi, name: "InputAdded" });

/**
 * Reads everything that the blocks from `fromBlock` up to and with `upTo` say about the application.
 *
 * @param expectInputs Whether inputs are searched at all; false when the InputBox counts no new ones.
 * @throws ChainDataError when the answers contradict each other.
 */
export async function readBatch(
  client: PublicClient,
  facts: ApplicationInfo,
  { fromBlock, upTo, expectInputs }: BatchRange,
): Promise<ChainBatch> {
  const [inputs, settlement] = await Promise.all([
    expectInputs ? readInputs(client, facts, fromBlock, upTo.number) : [],
    readClaimsAndExecutions(client, facts, fromBlock, upTo.number),
  ]);
  return { upTo, inputs, ...settlement };
}

export interface BatchRange {
  fromBlock: bigint;
  upTo: BlockRef;
  expectInputs: boolean;
}

async function readInputs(client: PublicClient, facts: ApplicationInfo, fromBlock: bigint, toBlock: bigint) {
  const logs = await inSmallerRanges(fromBlock, toBlock, (from, to) =>
    client.getLogs({
      address: facts.inputBox,
      event: inputAdded,
      args: { appContract: facts.address },
      fromBlock: from,
      toBlock: to,
      strict: true,
    }),
  );
  return logs.map((log): AddedInput => {
    const { index, input: raw, appContract } = log.args;
    const where = `the log of input ${index}`;
    if (!isAddressEqual(log.address, facts.inputBox) || !isAddressEqual(appContract, facts.address)) {
      throw new ChainDataError(`${where} is another contract's`);
    }
    if (log.removed || log.blockNumber < fromBlock || log.blockNumber > toBlock) {
      throw new ChainDataError(`${where} is of block ${log.blockNumber}, outside ${fromBlock} to ${toBlock}`);
    }
    if (raw.length > 2 + 2 * MAX_INPUT_BYTES) {
      throw new ChainDataError(`${where} is too long`);
    }
    const advance = decodeEvmAdvance(raw);
    if (
      advance === undefined ||
      advance.chainId !== facts.chainId ||
      advance.index !== index ||
      advance.blockNumber !== log.blockNumber ||
      !isAddressEqual(advance.application, facts.address)
    ) {
      throw new ChainDataError(`${where} holds no such EvmAdvance`);
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
  facts: ApplicationInfo,
  fromBlock: bigint,
  toBlock: bigint,
): Promise<{ claims: ClaimEvent[]; executions: ExecutedOutput[] }> {
  const logs = await inSmallerRanges(fromBlock, toBlock, (from, to) =>
    client.getLogs({
      address: [facts.consensus, facts.address],
      events: settlementEvents,
      fromBlock: from,
      toBlock: to,
      strict: true,
    }),
  );
  const claims: ClaimEvent[] = [];
  const executions: ExecutedOutput[] = [];
  for (const log of logs) {
    const { blockNumber, logIndex, transactionHash } = log;
    if (log.eventName === "OutputExecuted") {
      if (!isAddressEqual(log.address, facts.address)) {
        continue;
      }
      executions.push({ outputIndex: log.args.outputIndex, blockNumber, transactionHash });
    } else {
      const { appContract, lastProcessedBlockNumber, outputsMerkleRoot } = log.args;
      if (!isAddressEqual(log.address, facts.consensus) || !isAddressEqual(appContract, facts.address)) {
        continue;
      }
      claims.push({
        kind: log.eventName === "ClaimSubmitted" ? "submitted" : "accepted",
        blockNumber,
        logIndex,
        transactionHash,
        epoch: lastProcessedBlockNumber / facts.epochLength,
        outputsRoot: outputsMerkleRoot,
        submitter: log.eventName === "ClaimSubmitted" ? log.args.submitter : undefined,
      });
    }
  }
  return { claims, executions };
}

/** Endpoints refuse ranges that are long or full in their own ways: halve until they agree. */
async function inSmallerRanges<T>(
  fromBlock: bigint,
  toBlock: bigint,
  read: (fromBlock: bigint, toBlock: bigint) => Promise<T[]>,
): Promise<T[]> {
  try {
    return await read(fromBlock, toBlock);
  } catch (error) {
    if (fromBlock === toBlock || !mayBeTooMuch(error)) {
      throw error;
    }
    const middle = (fromBlock + toBlock) / 2n;
    return [
      ...(await inSmallerRanges(fromBlock, middle, read)),
      ...(await inSmallerRanges(middle + 1n, toBlock, read)),
    ];
  }
}

const UNAVAILABLE_OR_RATE_LIMITED = [undefined, 429, 503];

/** Whether a shorter range may help: not where the endpoint is away, or has had enough of us. */
function mayBeTooMuch(error: unknown): boolean {
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
