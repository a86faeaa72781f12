import { index, onchainEnum, onchainTable, primaryKey } from "ponder";

/** A request's progress, as far as the chain shows it. An accepted request without a voucher was an upload, built nothing new, or was rejected. */
export const requestStatus = onchainEnum("request_status", [
  "submitted",
  "claimed",
  "challenged",
  "accepted",
  "executed",
]);
export const requestKind = onchainEnum("request_kind", ["upload", "build", "rebuild", "unknown"]);

/** An input of a configured application. */
export const request = onchainTable(
  "request",
  (t) => ({
    chainId: t.integer().notNull(),
    applicationAddress: t.hex().notNull(),
    inputIndex: t.bigint().notNull(),
    kind: requestKind().notNull(),
    sender: t.hex(),
    bundle: t.hex(),
    drvPath: t.text(),
    payloadBytes: t.integer().notNull(),
    status: requestStatus().notNull(),
    /** The number of the epoch whose claim will cover the input: its block divided by the epoch length. */
    epoch: t.bigint().notNull(),
    /** The first claim that covered it, and the one that was accepted. */
    claimId: t.text(),
    acceptedClaimId: t.text(),
    submittedAt: t.bigint().notNull(),
    claimedAt: t.bigint(),
    acceptedAt: t.bigint(),
    /** When the first voucher that it led to was executed. */
    executedAt: t.bigint(),
    executedIn: t.hex(),
    blockNumber: t.bigint().notNull(),
    blockHash: t.hex().notNull(),
    logIndex: t.integer().notNull(),
    transactionHash: t.hex().notNull(),
  }),
  (table) => ({
    pk: primaryKey({ columns: [table.chainId, table.applicationAddress, table.inputIndex] }),
    byDerivation: index().on(table.drvPath),
    byBlock: index().on(table.chainId, table.blockNumber, table.logIndex),
  }),
);

/** A voucher that was executed; the chain does not show the others. */
export const voucher = onchainTable(
  "voucher",
  (t) => ({
    chainId: t.integer().notNull(),
    applicationAddress: t.hex().notNull(),
    outputIndex: t.bigint().notNull(),
    destination: t.hex().notNull(),
    payloadBytes: t.integer().notNull(),
    /** The input that led to it, if it records outputs in the registry. */
    inputIndex: t.bigint(),
    executedAt: t.bigint().notNull(),
    blockNumber: t.bigint().notNull(),
    blockHash: t.hex().notNull(),
    logIndex: t.integer().notNull(),
    transactionHash: t.hex().notNull(),
  }),
  (table) => ({
    pk: primaryKey({ columns: [table.chainId, table.applicationAddress, table.outputIndex] }),
    byInput: index().on(table.chainId, table.applicationAddress, table.inputIndex),
  }),
);
