import type { AbiEvent, Address, Client, GetLogsReturnType } from "viem";
import { HttpRequestError, TimeoutError, BaseError as ViemError } from "viem";
import { getLogs } from "viem/actions";
import { explainChainError } from "./explainChainError.ts";

export interface ReadLogsParameters<Event extends AbiEvent> {
  address: Address;
  event: Event;
  args: Record<string, unknown>;
  fromBlock: bigint;
  toBlock: bigint;
}

/**
 * Reads a contract's events of a range of blocks. Endpoints differ in how many blocks or logs they answer for: where one refuses, the
 * range is halved.
 *
 * @throws {ChainUnreachableError} when the endpoint does not answer, or refuses a single block.
 */
export async function readLogs<const Event extends AbiEvent>(
  client: Client,
  parameters: ReadLogsParameters<Event>,
): Promise<GetLogsReturnType<Event, [Event], true>> {
  const { fromBlock, toBlock } = parameters;
  try {
    return (await getLogs(client, { ...parameters, strict: true } as never)) as never;
  } catch (error) {
    if (fromBlock >= toBlock || !isRefusal(error)) {
      explainChainError(error);
    }
    const middle = (fromBlock + toBlock) / 2n;
    const first = await readLogs(client, { ...parameters, toBlock: middle });
    const second = await readLogs(client, { ...parameters, fromBlock: middle + 1n });
    return [...first, ...second];
  }
}

function isRefusal(error: unknown): boolean {
  return (
    error instanceof ViemError &&
    error.walk((cause) => cause instanceof TimeoutError || isUnreachable(cause)) === null
  );
}

function isUnreachable(cause: unknown): boolean {
  return cause instanceof HttpRequestError && cause.status === undefined;
}
