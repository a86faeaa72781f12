import type { Address, Client, Hash, Hex } from "viem";
import { inputBoxAbi } from "../../abi/index.ts";
import {
  decodeEvmAdvance,
  decodeRequest,
  MalformedRequestError,
  type Request,
} from "../../protocol/index.ts";
import { readLogs } from "../chain/index.ts";

/** An input on the chain. */
export interface FoundInput {
  index: bigint;
  sender: Address;
  /** `undefined` for what is no request. */
  request: Request | undefined;
  blockNumber: bigint;
  transactionHash: Hash;
}

export interface FindInputsParameters {
  inputBox: Address;
  application: Address;
  fromBlock: bigint;
  toBlock: bigint;
  signal?: AbortSignal | undefined;
}

/** Blocks that are read at a time, so that what is found early ends the search. */
const RANGE_BLOCKS = 2_000n;
const INPUT_ADDED = inputBoxAbi.find((item) => item.type === "event" && item.name === "InputAdded")!;

/**
 * The inputs of an application that the chain has, the latest first.
 *
 * @throws {ChainUnreachableError} when the endpoint does not answer.
 */
export async function* findInputs(
  client: Client,
  { inputBox, application, fromBlock, toBlock, signal }: FindInputsParameters,
): AsyncGenerator<FoundInput> {
  for (let end = toBlock; end >= fromBlock; end -= RANGE_BLOCKS) {
    signal?.throwIfAborted();
    const start = end - RANGE_BLOCKS + 1n;
    const logs = await readLogs(client, {
      address: inputBox,
      event: INPUT_ADDED,
      args: { appContract: application },
      fromBlock: start > fromBlock ? start : fromBlock,
      toBlock: end,
    });
    for (const log of logs.toReversed()) {
      const input = foundInputOf(log);
      if (input) {
        yield input;
      }
    }
  }
}

/** An input of an `InputAdded` event; `undefined` when no InputBox of Cartesi's made it. */
export function foundInputOf({
  args,
  blockNumber,
  transactionHash,
}: {
  args: { index: bigint; input: Hex };
  blockNumber: bigint;
  transactionHash: Hash;
}): FoundInput | undefined {
  const advance = decodeEvmAdvance(args.input);
  return (
    advance && {
      index: args.index,
      sender: advance.sender,
      request: requestIn(advance.payload),
      blockNumber,
      transactionHash,
    }
  );
}

function requestIn(payload: Hex): Request | undefined {
  try {
    return decodeRequest(payload);
  } catch (error) {
    if (error instanceof MalformedRequestError) {
      return undefined;
    }
    throw error;
  }
}
