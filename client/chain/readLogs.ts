import type { AbiEvent, Address, Client, GetLogsReturnType, Log } from "viem";
import { HttpRequestError, isHash, TimeoutError, BaseError as ViemError } from "viem";
import { getLogs } from "viem/actions";
import { ChainUnreachableError } from "../clientErrors.ts";
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
 * range is halved. A range that begins after its end has none: one endpoint may be behind the one that sent.
 *
 * @throws {ChainUnreachableError} when the endpoint does not answer, or refuses a single block.
 */
export async function readLogs<const Event extends AbiEvent>(
  client: Client,
  parameters: ReadLogsParameters<Event>,
): Promise<GetLogsReturnType<Event, [Event], true>> {
  const { fromBlock, toBlock } = parameters;
  if (fromBlock > toBlock) {
    return []; // the first is not there yet
  }
  try {
    const logs = await getLogs(client, { ...parameters, strict: true } as never);
    requireAsked(logs, parameters);
    return logs as never;
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

/** An endpoint may answer with anything; of which event a log is, and with which arguments, viem looks at. */
function requireAsked(
  logs: readonly Log[],
  { address, fromBlock, toBlock }: Pick<ReadLogsParameters<AbiEvent>, "address" | "fromBlock" | "toBlock">,
): void {
  const isAsked = ({ address: of, blockNumber, transactionHash, logIndex }: Log) =>
    of.toLowerCase() === address.toLowerCase() &&
    typeof blockNumber === "bigint" &&
    blockNumber >= fromBlock &&
    blockNumber <= toBlock &&
    isHash(transactionHash ?? "") &&
    Number.isSafeInteger(logIndex);
  if (!logs.every(isAsked)) {
    throw new ChainUnreachableError("the RPC endpoint answers with other events than those asked for", {
      remedy: "use another endpoint",
    });
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
