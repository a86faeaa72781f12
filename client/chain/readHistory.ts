import { type Address, type Client, getAbiItem, type Hash, type Hex } from "viem";
import { getBlock, readContract } from "viem/actions";
import { buildRegistryAbi } from "../../abi/index.ts";
import { formatNarHash } from "../../protocol/index.ts";
import { pathKeyOf } from "../../trust/index.ts";
import { explainChainError } from "./explainChainError.ts";
import { readLogs } from "./readLogs.ts";

const EVENTS = {
  OutputRecorded: "recorded",
  OutputConfirmed: "confirmed",
  OutputConflicted: "conflicted",
} as const;
type EventName = keyof typeof EVENTS;

export interface ReadHistoryParameters {
  registry: Address;
  application: Address;
  storePath: string;
  /** The first block with events of the registry. */
  fromBlock: bigint;
  /** The block as of which the chain is asked. */
  toBlock: bigint;
}

/** One time that an application recorded a path. */
export interface Observation {
  /** Whether it was the first hash, the same again, or another one. */
  readonly kind: (typeof EVENTS)[EventName];
  /** `sha256-<base64>`. */
  readonly narHash: string;
  /** The application's input that built it. */
  readonly inputIndex: bigint;
  readonly blockNumber: bigint;
  /** In seconds since 1970. */
  readonly time: bigint;
  readonly transactionHash: Hash;
}

/** What an application recorded for a path, and when. */
export interface History {
  readonly confirmations: bigint;
  /** The hashes that contradict the first, each once. */
  readonly conflicts: readonly string[];
  /** The first, and the last of the others. */
  readonly observations: readonly Observation[];
  /** How many there are in all. */
  readonly observationCount: number;
}

/** A path can be confirmed any number of times: of so many the blocks' times are read. */
const MAX_OBSERVATIONS = 10;

/**
 * Reads from the chain what an application recorded for a store path, and when.
 *
 * @throws {ChainUnreachableError} when an endpoint does not answer.
 * @throws {NotTheContractError} when the registry is not at its address.
 */
export async function readHistory(client: Client, parameters: ReadHistoryParameters): Promise<History> {
  const { registry, application, storePath, fromBlock, toBlock } = parameters;
  const at = { address: registry, abi: buildRegistryAbi, blockNumber: toBlock } as const;
  const [record, conflicts, ...found] = await Promise.all([
    readContract(client, { ...at, functionName: "recordOf", args: [application, storePath] }),
    readContract(client, { ...at, functionName: "conflictsOf", args: [application, storePath] }),
    ...(Object.keys(EVENTS) as EventName[]).map((name) =>
      readLogs(client, {
        ...{ address: registry, event: getAbiItem({ abi: buildRegistryAbi, name }) },
        ...{ args: { application, pathKey: pathKeyOf(storePath) }, fromBlock, toBlock },
      }),
    ),
  ]).catch(explainChainError);
  const logs = found
    .flat()
    .toSorted((a, b) => Number(a.blockNumber - b.blockNumber) || a.logIndex - b.logIndex);
  const shown = [...logs.slice(0, 1), ...logs.slice(1).slice(1 - MAX_OBSERVATIONS)];
  return {
    confirmations: record.confirmations,
    conflicts: conflicts.map((narHash: Hex) => formatNarHash(narHash)),
    observationCount: logs.length,
    observations: await Promise.all(
      shown.map(async ({ eventName, args, blockNumber, transactionHash }) => ({
        kind: EVENTS[eventName],
        narHash: formatNarHash(args.narHash),
        inputIndex: args.inputIndex,
        blockNumber,
        time: (await getBlock(client, { blockNumber }).catch(explainChainError)).timestamp,
        transactionHash,
      })),
    ),
  };
}
