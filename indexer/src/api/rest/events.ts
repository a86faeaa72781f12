import { db } from "ponder:api";
import { conflict, derivationConflict, output } from "ponder:schema";
import { and, eq, gte } from "ponder";
import type { Address, Hex } from "viem";
import { buildRegistryAbi } from "../../../../abi/index.ts";
import { narHashBytes } from "../../../../trust/index.ts";
import type { Place } from "../../placeOf.ts";
import { registryOf } from "./chains.ts";
import { checkCall } from "./checkCall.ts";
import { columnsOfEvent, type EventTable, keyOfEvent } from "./eventOrder.ts";
import { behind, orderBy } from "./paging.ts";

/** Something that the registry said for the first time. */
export interface RegistryEvent extends Place {
  type: "output.recorded" | "output.conflicted" | "derivation.conflicted";
  chainId: number;
  application: Address;
  pathKey: Hex;
  storePath: string | null;
  narHash: string | null;
  firstNarHash: string | null;
  derivationKey: Hex | null;
  firstPathKey: Hex | null;
  inputIndex: bigint;
  recordedAt: bigint;
  check: ReturnType<typeof checkCall>;
  /** Where it stands among all events, for a cursor. */
  key: readonly unknown[];
}

interface Asked {
  chainId?: number | undefined;
  application?: Address | undefined;
  order: "newest" | "oldest";
  limit: number;
  after?: string | undefined;
  /** In seconds since 1970. */
  since?: bigint | undefined;
}

/** At most `limit` events in order: as many are read of each table, and what is too much of all of them is left out. */
export async function readEvents(asked: Asked): Promise<RegistryEvent[]> {
  const tables = [await readOutputs(asked), await readConflicts(asked), await readDerivationConflicts(asked)];
  const sign = asked.order === "newest" ? -1 : 1;
  return tables
    .flat()
    .sort((a, b) => sign * compareKeys(a, b))
    .slice(0, asked.limit);
}

function compareKeys(a: RegistryEvent, b: RegistryEvent): number {
  return (
    Number(a.recordedAt - b.recordedAt) ||
    a.chainId - b.chainId ||
    Number(a.blockNumber - b.blockNumber) ||
    a.logIndex - b.logIndex
  );
}

async function readOutputs(asked: Asked): Promise<RegistryEvent[]> {
  const { order, where } = selectionOf(asked, output);
  const rows = await db
    .select()
    .from(output)
    .where(where)
    .orderBy(...orderBy(order))
    .limit(asked.limit);
  return rows.map((row) => ({
    ...eventOf(row),
    type: "output.recorded",
    ...{ storePath: row.storePath, narHash: row.narHash, firstNarHash: row.narHash },
    ...{ derivationKey: row.derivationKey, firstPathKey: null },
    check: checkCall(registryOf(row.chainId), buildRegistryAbi, "recordAt", [
      row.applicationAddress,
      row.pathKey,
    ]),
  }));
}

async function readConflicts(asked: Asked): Promise<RegistryEvent[]> {
  const { order, where } = selectionOf(asked, conflict);
  const rows = await db
    .select({ row: conflict, storePath: output.storePath, firstNarHash: output.narHash })
    .from(conflict)
    .leftJoin(output, isOutputOf(conflict))
    .where(where)
    .orderBy(...orderBy(order))
    .limit(asked.limit);
  return rows.map(({ row, storePath, firstNarHash }) => ({
    ...eventOf(row),
    type: "output.conflicted",
    ...{ storePath, narHash: row.narHash, firstNarHash, derivationKey: null, firstPathKey: null },
    check: checkCall(registryOf(row.chainId), buildRegistryAbi, "hasRecorded", [
      row.applicationAddress,
      row.pathKey,
      narHashBytes(row.narHash),
    ]),
  }));
}

async function readDerivationConflicts(asked: Asked): Promise<RegistryEvent[]> {
  const { order, where } = selectionOf(asked, derivationConflict);
  const rows = await db
    .select({ row: derivationConflict, storePath: output.storePath, firstNarHash: output.narHash })
    .from(derivationConflict)
    .leftJoin(output, isOutputOf(derivationConflict))
    .where(where)
    .orderBy(...orderBy(order))
    .limit(asked.limit);
  return rows.map(({ row, storePath, firstNarHash }) => ({
    ...eventOf(row),
    type: "derivation.conflicted",
    ...{ storePath, narHash: null, firstNarHash },
    ...{ derivationKey: row.derivationKey, firstPathKey: row.firstPathKey },
    check: checkCall(registryOf(row.chainId), buildRegistryAbi, "pathAt", [
      row.applicationAddress,
      row.derivationKey,
    ]),
  }));
}

function selectionOf({ chainId, application, order, after, since }: Asked, table: EventTable) {
  const direction = order === "newest" ? "desc" : "asc";
  const tableOrder = { columns: columnsOfEvent(table), direction, keyOf: keyOfEvent } as const;
  const where = and(
    chainId === undefined ? undefined : eq(table.chainId, chainId),
    application === undefined ? undefined : eq(table.applicationAddress, application),
    since === undefined ? undefined : gte(table.recordedAt, since),
    behind(tableOrder, after),
  );
  return { order: tableOrder, where };
}

function isOutputOf(table: typeof conflict | typeof derivationConflict) {
  return and(
    eq(output.chainId, table.chainId),
    eq(output.applicationAddress, table.applicationAddress),
    eq(output.pathKey, table.pathKey),
  );
}

function eventOf(row: EventTable["$inferSelect"]) {
  const { chainId, applicationAddress: application, pathKey, inputIndex, recordedAt } = row;
  const { blockNumber, blockHash, logIndex, transactionHash } = row;
  return {
    ...{ chainId, application, pathKey, inputIndex, recordedAt },
    ...{ blockNumber, blockHash, logIndex, transactionHash },
    key: keyOfEvent(row),
  };
}
