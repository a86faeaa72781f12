import {
  type Address,
  getAbiItem,
  isAddressEqual,
  type ParseEventLogsReturnType,
  type PublicClient,
  parseEventLogs,
} from "viem";
import type { ApplicationInfo } from "../model/applicationInfo.ts";
import type { ClaimEvent, DisputeEvent, ExecutedOutput } from "../model/chainEvents.ts";
import { applicationAbi, consensusAbi, disputeConsensusAbi } from "./abis.ts";
import { ChainDataError } from "./chainErrors.ts";
import { readInParts } from "./readInParts.ts";

/** How many claims and executions end a page: it ends with a block, so that it can have some thousands more. */
const MAX_PAGE_EVENTS = 10_000;

const EVENTS = [
  getAbiItem({ abi: consensusAbi, name: "ClaimSubmitted" }),
  getAbiItem({ abi: consensusAbi, name: "ClaimAccepted" }),
  getAbiItem({ abi: disputeConsensusAbi, name: "EpochSealed" }),
  getAbiItem({ abi: disputeConsensusAbi, name: "StateClaimed" }),
  getAbiItem({ abi: disputeConsensusAbi, name: "GameEnded" }),
  getAbiItem({ abi: disputeConsensusAbi, name: "EpochAccepted" }),
  getAbiItem({ abi: applicationAbi, name: "OutputExecuted" }),
] as const;
type EventLog = ParseEventLogsReturnType<typeof EVENTS, undefined, true>[number];

const CLAIM_KINDS = {
  ClaimSubmitted: "submitted",
  ClaimAccepted: "accepted",
} as const satisfies Record<string, ClaimEvent["kind"]>;

/** `IDisputeGame.Ending.ClaimDied`: the claim had lost another game. */
const CLAIM_DIED_BEFORE = 2;

type ChainEvent = { claim: ClaimEvent } | { dispute: DisputeEvent } | { execution: ExecutedOutput };

export interface ClaimsAndExecutions {
  /** The last block whose claims and executions were read. */
  toBlock: bigint;
  claims: ClaimEvent[];
  disputes: DisputeEvent[];
  executions: ExecutedOutput[];
}

/**
 * Reads a page of claims, of what happened in disputes, and of executions; it ends with a block.
 *
 * @param maxEvents how many end the page.
 * @throws {ChainDataError} when the responses contradict each other.
 */
export async function readClaimsAndExecutions(
  client: PublicClient,
  application: ApplicationInfo,
  {
    fromBlock,
    toBlock,
    maxEvents = MAX_PAGE_EVENTS,
  }: { fromBlock: bigint; toBlock: bigint; maxEvents?: number | undefined },
): Promise<ClaimsAndExecutions> {
  const page: ClaimsAndExecutions = { toBlock, claims: [], disputes: [], executions: [] };
  const parts = readInParts(
    { fromBlock, toBlock, indexes: [] },
    {
      read: async (range) => eventsOf(await readLogs(client, application, range), application, range),
      readLargeBlock: (block) => readBlockByTransactions(client, application, block),
    },
  );
  for await (const { toBlock: last, found } of parts) {
    for (const event of found) {
      if ("claim" in event) {
        page.claims.push(event.claim);
      } else if ("dispute" in event) {
        page.disputes.push(event.dispute);
      } else {
        page.executions.push(event.execution);
      }
    }
    page.toBlock = last;
    if (page.claims.length + page.disputes.length + page.executions.length >= maxEvents) {
      break;
    }
  }
  return page;
}

function readLogs(
  client: PublicClient,
  application: ApplicationInfo,
  { fromBlock, toBlock }: { fromBlock: bigint; toBlock: bigint },
): Promise<EventLog[]> {
  return client.getLogs({
    address: emittersOf(application),
    events: EVENTS,
    fromBlock,
    toBlock,
    strict: true,
  });
}

/**
 * Reads a block whose logs are too large for one response: `OutputExecuted` holds the whole output, and its index is not
 * a topic that could be searched. The logs of one transaction are small: 4 MB, if it uses all the gas that EIP-7825 allows.
 */
async function readBlockByTransactions(
  client: PublicClient,
  application: ApplicationInfo,
  blockNumber: bigint,
): Promise<ChainEvent[]> {
  const { hash: blockHash, transactions } = await client.getBlock({ blockNumber });
  const events: ChainEvent[] = [];
  for (const hash of transactions) {
    const receipt = await client.getTransactionReceipt({ hash });
    if (receipt.blockHash !== blockHash || receipt.transactionHash !== hash) {
      throw new ChainDataError(
        `the receipt of transaction ${hash} of block ${blockHash} is for ${receipt.transactionHash} in block ${receipt.blockHash}`,
      );
    }
    const emitters = emittersOf(application);
    const ours = receipt.logs.filter(({ address }) => emitters.some((one) => isAddressEqual(address, one)));
    events.push(
      ...eventsOf(
        parseEventLogs<typeof EVENTS, true>({ abi: EVENTS, logs: ours, strict: true }),
        application,
        {
          fromBlock: blockNumber,
          toBlock: blockNumber,
        },
      ),
    );
  }
  return events;
}

function emittersOf({ consensus, address }: ApplicationInfo): Address[] {
  return [consensus, address];
}

/** Keeps what the node needs of each log: not the output, which it has from its machine. */
function eventsOf(
  logs: readonly EventLog[],
  application: ApplicationInfo,
  { fromBlock, toBlock }: { fromBlock: bigint; toBlock: bigint },
): ChainEvent[] {
  return logs.flatMap((log): ChainEvent[] => {
    const { eventName, blockNumber, logIndex, transactionHash } = log;
    if (log.removed || blockNumber < fromBlock || blockNumber > toBlock) {
      throw new ChainDataError(
        `the log of ${eventName} in transaction ${transactionHash} is from block ${blockNumber}, outside ${fromBlock} to ${toBlock}`,
      );
    }
    const origin = { blockNumber, logIndex, transactionHash };
    if (eventName === "OutputExecuted") {
      return isAddressEqual(log.address, application.address)
        ? [{ execution: { outputIndex: log.args.outputIndex, blockNumber, transactionHash } }]
        : [];
    }
    if (!isAddressEqual(log.address, application.consensus)) {
      return [];
    }
    if (eventName === "ClaimSubmitted" || eventName === "ClaimAccepted") {
      const { appContract, lastProcessedBlockNumber, outputsMerkleRoot } = log.args;
      if (application.epochLength === undefined || !isAddressEqual(appContract, application.address)) {
        return [];
      }
      const claim: ClaimEvent = {
        kind: CLAIM_KINDS[eventName],
        ...origin,
        epoch: lastProcessedBlockNumber / application.epochLength,
        outputsRoot: outputsMerkleRoot,
        submitter: eventName === "ClaimSubmitted" ? log.args.submitter : undefined,
      };
      return [{ claim }];
    }
    const dispute = application.terms && disputeEventOf(log, application.address);
    return dispute === undefined ? [] : [{ dispute: { ...dispute, ...origin } }];
  });
}

type DisputeLog = Extract<
  EventLog,
  { eventName: "EpochSealed" | "StateClaimed" | "GameEnded" | "EpochAccepted" }
>;

/** One consensus serves many applications: events of the others are `undefined`, but for deaths, which do not name one. */
function disputeEventOf(log: DisputeLog, application: Address) {
  if (log.eventName === "GameEnded") {
    const { claimId, claimerWon, ending } = log.args;
    const isDeath = !claimerWon && ending !== CLAIM_DIED_BEFORE;
    return isDeath ? ({ kind: "died", claimId } as const) : undefined;
  }
  if (!isAddressEqual(log.args.application, application)) {
    return undefined;
  }
  switch (log.eventName) {
    case "EpochSealed": {
      const { epoch, firstInput, endInput, state } = log.args;
      return { kind: "sealed", epoch, firstInput, endInput, state } as const;
    }
    case "StateClaimed": {
      const { epoch, claimId, claimer, state, outputsMerkleRoot } = log.args;
      return { kind: "claimed", epoch, claimId, claimer, state, outputsRoot: outputsMerkleRoot } as const;
    }
    case "EpochAccepted": {
      const { epoch, claimId, state } = log.args;
      return { kind: "accepted", epoch, claimId, state } as const;
    }
    default:
      return log satisfies never;
  }
}
