import { index, onchainEnum, onchainTable, primaryKey, sql } from "ponder";

export const verdict = onchainEnum("verdict", ["confirmed", "conflicted"]);

/**
 * An application's record of a store path: its first hash, and how often that was confirmed or contradicted since. The texts
 * and what the registry does not keep are those of the voucher, or of an account's own call; unknown where neither was seen.
 */
export const output = onchainTable(
  "output",
  (t) => ({
    chainId: t.integer().notNull(),
    applicationAddress: t.hex().notNull(),
    pathKey: t.hex().notNull(),
    derivationKey: t.hex().notNull(),
    storePath: t.text(),
    /** The 32 characters of the store path. */
    hashPart: t.text(),
    /** `hello-2.10`, and as Nix splits it: `hello` and `2.10`. */
    name: t.text(),
    packageName: t.text(),
    version: t.text(),
    drvPath: t.text(),
    outputName: t.text(),
    narHash: t.text().notNull(),
    narSize: t.bigint(),
    inputsHash: t.hex(),
    /** The store paths that its contents refer to. */
    references: t.text().array(),
    confirmations: t.integer().notNull(),
    /** How many different hashes beside the first were recorded. */
    conflicts: t.integer().notNull(),
    inputIndex: t.bigint().notNull(),
    /** The place of the voucher that recorded it among the application's outputs. */
    outputIndex: t.bigint(),
    recordedAt: t.bigint().notNull(),
    blockNumber: t.bigint().notNull(),
    blockHash: t.hex().notNull(),
    logIndex: t.integer().notNull(),
    transactionHash: t.hex().notNull(),
  }),
  (table) => ({
    pk: primaryKey({ columns: [table.chainId, table.applicationAddress, table.pathKey] }),
    byPathKey: index().on(table.pathKey),
    byDerivationKey: index().on(table.derivationKey),
    byPath: index().on(table.storePath),
    byHashPart: index().on(table.hashPart),
    byDerivation: index().on(table.drvPath, table.outputName),
    // as an expression, since Ponder loses the operator class of a column
    byName: index("output_name_index").on(sql`${table.name} text_pattern_ops`),
    byPackage: index().on(table.packageName, table.version),
    byHash: index().on(table.narHash),
    byInput: index().on(table.chainId, table.applicationAddress, table.inputIndex),
    byTime: index().on(table.recordedAt, table.chainId, table.blockNumber, table.logIndex),
    byConflicts: index().on(table.conflicts),
    byConfirmations: index().on(table.confirmations),
    byReference: index().using("gin", table.references),
  }),
);

/** A hash that an application recorded for a path beside the first, which stays. */
export const conflict = onchainTable(
  "conflict",
  (t) => ({
    chainId: t.integer().notNull(),
    applicationAddress: t.hex().notNull(),
    pathKey: t.hex().notNull(),
    narHash: t.text().notNull(),
    inputIndex: t.bigint().notNull(),
    recordedAt: t.bigint().notNull(),
    blockNumber: t.bigint().notNull(),
    blockHash: t.hex().notNull(),
    logIndex: t.integer().notNull(),
    transactionHash: t.hex().notNull(),
  }),
  (table) => ({
    pk: primaryKey({ columns: [table.chainId, table.applicationAddress, table.pathKey, table.narHash] }),
    byHash: index().on(table.narHash),
    byTime: index().on(table.recordedAt, table.chainId, table.blockNumber, table.logIndex),
  }),
);

/** Every call of `record` for an output that had a record already, in chain order. */
export const observation = onchainTable(
  "observation",
  (t) => ({
    id: t.text().primaryKey(),
    chainId: t.integer().notNull(),
    applicationAddress: t.hex().notNull(),
    pathKey: t.hex().notNull(),
    derivationKey: t.hex().notNull(),
    inputIndex: t.bigint().notNull(),
    narHash: t.text().notNull(),
    verdict: verdict().notNull(),
    observedAt: t.bigint().notNull(),
    blockNumber: t.bigint().notNull(),
    blockHash: t.hex().notNull(),
    logIndex: t.integer().notNull(),
    transactionHash: t.hex().notNull(),
  }),
  (table) => ({
    byOutput: index().on(table.chainId, table.applicationAddress, table.pathKey),
    byBlock: index().on(table.blockNumber, table.logIndex),
  }),
);

/** A further derivation that led to a path which an application had recorded. */
export const otherDerivation = onchainTable(
  "other_derivation",
  (t) => ({
    chainId: t.integer().notNull(),
    applicationAddress: t.hex().notNull(),
    derivationKey: t.hex().notNull(),
    pathKey: t.hex().notNull(),
    drvPath: t.text(),
    outputName: t.text(),
    blockNumber: t.bigint().notNull(),
    transactionHash: t.hex().notNull(),
  }),
  (table) => ({
    pk: primaryKey({
      columns: [table.chainId, table.applicationAddress, table.derivationKey, table.pathKey],
    }),
    byOutput: index().on(table.chainId, table.applicationAddress, table.pathKey),
    byDerivation: index().on(table.drvPath, table.outputName),
  }),
);

/** A derivation's output for which an application recorded another path than the first, which stays. */
export const derivationConflict = onchainTable(
  "derivation_conflict",
  (t) => ({
    chainId: t.integer().notNull(),
    applicationAddress: t.hex().notNull(),
    derivationKey: t.hex().notNull(),
    pathKey: t.hex().notNull(),
    firstPathKey: t.hex().notNull(),
    inputIndex: t.bigint().notNull(),
    recordedAt: t.bigint().notNull(),
    blockNumber: t.bigint().notNull(),
    blockHash: t.hex().notNull(),
    logIndex: t.integer().notNull(),
    transactionHash: t.hex().notNull(),
  }),
  (table) => ({
    pk: primaryKey({
      columns: [table.chainId, table.applicationAddress, table.derivationKey, table.pathKey],
    }),
    byTime: index().on(table.recordedAt, table.chainId, table.blockNumber, table.logIndex),
  }),
);
