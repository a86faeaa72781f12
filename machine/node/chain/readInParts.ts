import { BaseError, HttpRequestError, RpcRequestError } from "viem";
import { isTimeout } from "./isTimeout.ts";

/** Which logs to read. */
export interface LogRange {
  fromBlock: bigint;
  toBlock: bigint;
  /** The inputs to look for; empty when it is not inputs. */
  indexes: readonly bigint[];
}

/** What was found in a part of a range; the parts come in order, and together they are the range. */
export interface RangePart<T> {
  toBlock: bigint;
  found: T[];
}

export interface PartReader<T> {
  read(range: LogRange): Promise<T[]>;
  /** Reads a single block whose response would be too large, in another way. */
  readLargeBlock?(block: bigint): Promise<T[]>;
}

/**
 * Endpoints limit the length of a range, the number of logs or the size of a response differently: halves the range until
 * it is accepted, and in a single block the inputs that are looked for.
 */
export async function* readInParts<T>(
  range: LogRange,
  reader: PartReader<T>,
): AsyncGenerator<RangePart<T>, void, void> {
  let found: T[];
  try {
    found = await reader.read(range);
  } catch (error) {
    if (!mayBeTooLarge(error)) {
      throw error;
    }
    const halves = halvesOf(range);
    if (halves !== undefined) {
      for (const half of halves) {
        yield* readInParts(half, reader);
      }
      return;
    }
    if (reader.readLargeBlock === undefined) {
      throw error;
    }
    found = await reader.readLargeBlock(range.toBlock);
  }
  yield { toBlock: range.toBlock, found };
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

/**
 * Whether a shorter range may help: not if the endpoint is unavailable or limits our rate. After a timeout it may, but if the
 * endpoint answers nothing any more, each half would take as long again: the next round reads fewer blocks.
 */
function mayBeTooLarge(error: unknown): boolean {
  if (!(error instanceof BaseError) || isTimeout(error)) {
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
