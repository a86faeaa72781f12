import { index, onchainEnum, onchainTable, primaryKey } from "ponder";

/** Who created an application: Cartesi's factory, or somebody who may have made anything that answers like one. */
export const applicationOrigin = onchainEnum("application_origin", ["factory", "unknown"]);
export const consensusKind = onchainEnum("consensus_kind", ["authority", "quorum", "unknown"]);
export const claimStatus = onchainEnum("claim_status", ["submitted", "challenged", "accepted"]);

/**
 * An address that called the registry or received an input. Only one that Cartesi's factory created since indexing starts has an
 * origin, and what the factory's event says of it.
 */
export const application = onchainTable(
  "application",
  (t) => ({
    chainId: t.integer().notNull(),
    address: t.hex().notNull(),
    origin: applicationOrigin().notNull(),
    templateHash: t.hex(),
    dataAvailability: t.hex(),
    consensus: t.hex(),
    owner: t.hex(),
    /** How many inputs it received, if it is one of the configured ones; inputs of others are not read. */
    inputs: t.bigint().notNull(),
    /** How many of them submitted claims cover. */
    claimedInputs: t.bigint().notNull(),
    /** How many of them accepted claims cover. */
    acceptedInputs: t.bigint().notNull(),
    firstSeenAt: t.bigint().notNull(),
    blockNumber: t.bigint().notNull(),
  }),
  (table) => ({
    pk: primaryKey({ columns: [table.chainId, table.address] }),
    byTemplate: index().on(table.templateHash),
    byConsensus: index().on(table.chainId, table.consensus),
  }),
);

/** What accepts the claims of applications. */
export const consensus = onchainTable(
  "consensus",
  (t) => ({
    chainId: t.integer().notNull(),
    address: t.hex().notNull(),
    kind: consensusKind().notNull(),
    /** The only account that can submit claims to an Authority. */
    owner: t.hex(),
    blockNumber: t.bigint().notNull(),
  }),
  (table) => ({ pk: primaryKey({ columns: [table.chainId, table.address] }) }),
);

/** Each owner that an application or an Authority had. */
export const ownership = onchainTable(
  "ownership",
  (t) => ({
    id: t.text().primaryKey(),
    chainId: t.integer().notNull(),
    address: t.hex().notNull(),
    previousOwner: t.hex().notNull(),
    owner: t.hex().notNull(),
    since: t.bigint().notNull(),
    blockNumber: t.bigint().notNull(),
    blockHash: t.hex().notNull(),
    logIndex: t.integer().notNull(),
    transactionHash: t.hex().notNull(),
  }),
  (table) => ({ byAddress: index().on(table.chainId, table.address, table.blockNumber) }),
);

/** Each consensus that an application had. */
export const consensusChange = onchainTable(
  "consensus_change",
  (t) => ({
    id: t.text().primaryKey(),
    chainId: t.integer().notNull(),
    applicationAddress: t.hex().notNull(),
    consensus: t.hex().notNull(),
    since: t.bigint().notNull(),
    blockNumber: t.bigint().notNull(),
    blockHash: t.hex().notNull(),
    logIndex: t.integer().notNull(),
    transactionHash: t.hex().notNull(),
  }),
  (table) => ({ byApplication: index().on(table.chainId, table.applicationAddress, table.blockNumber) }),
);

/** A claim of an application's current consensus; those of other contracts are not believed. */
export const claim = onchainTable(
  "claim",
  (t) => ({
    id: t.text().primaryKey(),
    chainId: t.integer().notNull(),
    applicationAddress: t.hex().notNull(),
    consensus: t.hex().notNull(),
    lastProcessedBlock: t.bigint().notNull(),
    outputsMerkleRoot: t.hex().notNull(),
    submitters: t.hex().array().notNull(),
    status: claimStatus().notNull(),
    submittedAt: t.bigint(),
    submittedIn: t.hex(),
    acceptedAt: t.bigint(),
    acceptedBlock: t.bigint(),
    acceptedIn: t.hex(),
    blockNumber: t.bigint().notNull(),
    blockHash: t.hex().notNull(),
    logIndex: t.integer().notNull(),
  }),
  (table) => ({
    byApplication: index().on(table.chainId, table.applicationAddress, table.lastProcessedBlock),
  }),
);
