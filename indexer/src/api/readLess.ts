import type { Address } from "viem";
import { isRegistry } from "../indexed.ts";

/** What of Ponder is used here; it has no settings for it. */
interface PonderGlobals {
  PONDER_COMMON: { metrics: { initializeIndexingMetrics(app: PonderApp): void } };
  PONDER_DATABASE: { syncQB: { raw: { dialect: { prepareTyping?: unknown } } } };
  PONDER_INDEXING_BUILD: { chains: readonly { id: number }[]; rpcs: readonly Rpc[] };
}

interface PonderApp {
  indexingBuild: { eventCallbacks: readonly { filter: { include: string[] } }[][] };
}

interface Rpc {
  request(parameters: { method: string }, context?: unknown): Promise<unknown>;
}

/** What handlers read of blocks and transactions. Ponder reads all events of a batch again if they read more. */
const READ_COLUMNS = new Set([
  ...["block.number", "block.hash", "block.timestamp"],
  ...["transaction.hash", "transaction.from", "transaction.to", "transaction.input"],
]);

/** Lets Ponder keep less of the chain, and read less of that than it does by itself. */
export function readLess(): void {
  const ponder = globalThis as unknown as PonderGlobals;
  const { chains, rpcs } = ponder.PONDER_INDEXING_BUILD;
  for (const [place, rpc] of rpcs.entries()) {
    dropInputs(rpc, chains[place]!.id);
  }
  selectColumns(ponder.PONDER_COMMON);
  // types of parameters, which no driver here asks for, take half of the time in which an insertion is written
  ponder.PONDER_DATABASE.syncQB.raw.dialect.prepareTyping = undefined;
}

/**
 * Drops the inputs of transactions that do not call the registry themselves. Ponder keeps that of each transaction with an event, and
 * reads it back several times; the execution of a voucher is mostly the voucher, which is in its event as well.
 */
function dropInputs(rpc: Rpc, chainId: number): void {
  const request = rpc.request.bind(rpc);
  rpc.request = async (parameters, context) => {
    const answer = await request(parameters, context);
    for (const transaction of transactionsOf(answer)) {
      if (typeof transaction.to !== "string" || !isRegistry(chainId, transaction.to as Address)) {
        transaction.input = "0x";
      }
    }
    return answer;
  };
}

/** The transactions of a block's answer that are not hashes alone. Ponder checks what they are. */
function transactionsOf(answer: unknown): { to?: unknown; input?: unknown }[] {
  const { transactions } = (answer ?? {}) as { transactions?: unknown };
  return Array.isArray(transactions)
    ? transactions.filter((transaction) => typeof transaction === "object" && transaction !== null)
    : [];
}

/** Until it has seen a hundred of each event, Ponder reads every column, though handlers use few. */
function selectColumns({ metrics }: PonderGlobals["PONDER_COMMON"]): void {
  const initialize = metrics.initializeIndexingMetrics.bind(metrics);
  metrics.initializeIndexingMetrics = (app) => {
    for (const { filter } of app.indexingBuild.eventCallbacks.flat()) {
      filter.include = filter.include.filter(
        (column) => column.startsWith("log.") || READ_COLUMNS.has(column),
      );
    }
    initialize(app);
  };
}
