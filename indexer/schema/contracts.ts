import { index, onchainEnum, onchainTable, primaryKey } from "ponder";

/** A project of a configured `ReleaseRegistry`. */
export const project = onchainTable(
  "project",
  (t) => ({
    chainId: t.integer().notNull(),
    registry: t.hex().notNull(),
    /** `keccak256` of the name. */
    projectKey: t.hex().notNull(),
    name: t.text().notNull(),
    maintainer: t.hex(),
    offeredTo: t.hex(),
    blockNumber: t.bigint().notNull(),
  }),
  (table) => ({ pk: primaryKey({ columns: [table.chainId, table.registry, table.projectKey] }) }),
);

export const release = onchainTable(
  "release",
  (t) => ({
    chainId: t.integer().notNull(),
    registry: t.hex().notNull(),
    projectKey: t.hex().notNull(),
    projectName: t.text().notNull(),
    version: t.text().notNull(),
    storePath: t.text().notNull(),
    narHash: t.text().notNull(),
    /** Why nobody should use it any more, if it was yanked. */
    yankReason: t.text(),
    publishedAt: t.bigint().notNull(),
    yankedAt: t.bigint(),
    blockNumber: t.bigint().notNull(),
    blockHash: t.hex().notNull(),
    logIndex: t.integer().notNull(),
    transactionHash: t.hex().notNull(),
  }),
  (table) => ({
    pk: primaryKey({ columns: [table.chainId, table.registry, table.projectKey, table.version] }),
    byPath: index().on(table.storePath),
    byBlock: index().on(table.blockNumber, table.logIndex),
  }),
);

export const gateEventKind = onchainEnum("gate_event_kind", ["announced", "withdrawn", "built"]);

/** What happened at a configured `UpgradeGate`, in chain order. */
export const gateEvent = onchainTable(
  "gate_event",
  (t) => ({
    id: t.text().primaryKey(),
    chainId: t.integer().notNull(),
    gate: t.hex().notNull(),
    kind: gateEventKind().notNull(),
    storePath: t.text(),
    narHash: t.text(),
    /** The call that the upgrade makes. */
    data: t.hex(),
    /** From when on the upgrade may happen. */
    readyAt: t.bigint(),
    implementation: t.hex(),
    happenedAt: t.bigint().notNull(),
    blockNumber: t.bigint().notNull(),
    blockHash: t.hex().notNull(),
    logIndex: t.integer().notNull(),
    transactionHash: t.hex().notNull(),
  }),
  (table) => ({
    byGate: index().on(table.chainId, table.gate, table.blockNumber),
    byPath: index().on(table.storePath),
  }),
);
