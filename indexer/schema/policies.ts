import { index, onchainEnum, onchainTable, primaryKey } from "ponder";

/** What it means that one application recorded different hashes for a path. */
export const contradictions = onchainEnum("contradictions", ["refuse", "any"]);

/** A policy that the registry's factory created: its terms never change. */
export const policy = onchainTable(
  "policy",
  (t) => ({
    chainId: t.integer().notNull(),
    address: t.hex().notNull(),
    threshold: t.integer().notNull(),
    contradictions: contradictions().notNull(),
    ownerRenounced: t.boolean().notNull(),
    createdAt: t.bigint().notNull(),
    blockNumber: t.bigint().notNull(),
    blockHash: t.hex().notNull(),
    logIndex: t.integer().notNull(),
    transactionHash: t.hex().notNull(),
  }),
  (table) => ({ pk: primaryKey({ columns: [table.chainId, table.address] }) }),
);

/** An application that a policy trusts, and the terms that it must meet. Zero stands for any. */
export const policyMember = onchainTable(
  "policy_member",
  (t) => ({
    chainId: t.integer().notNull(),
    policyAddress: t.hex().notNull(),
    position: t.integer().notNull(),
    applicationAddress: t.hex().notNull(),
    templateHash: t.hex().notNull(),
    consensus: t.hex().notNull(),
    claimer: t.hex().notNull(),
  }),
  (table) => ({
    pk: primaryKey({ columns: [table.chainId, table.policyAddress, table.position] }),
    byApplication: index().on(table.chainId, table.applicationAddress),
  }),
);
