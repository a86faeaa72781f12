import { index, onchainEnum, onchainTable, primaryKey, relations } from "ponder";

/** A request's progress, as far as the chain shows it. A claimed request without a voucher was an upload or was rejected. */
export const requestStatus = onchainEnum("request_status", ["submitted", "claimed", "executed"]);
export const requestKind = onchainEnum("request_kind", ["upload", "build", "rebuild", "unknown"]);
export const verdict = onchainEnum("verdict", ["recorded", "confirmed", "conflicted"]);
export const claimStatus = onchainEnum("claim_status", ["submitted", "accepted"]);

/** An address that called the registry or received an input; a Cartesi application if it has a template hash. */
export const application = onchainTable("application", (t) => ({
  address: t.hex().primaryKey(),
  templateHash: t.hex(),
  consensus: t.hex(),
  owner: t.hex(),
  firstSeenAt: t.bigint().notNull(),
}));

export const request = onchainTable(
  "request",
  (t) => ({
    id: t.text().primaryKey(),
    applicationAddress: t.hex().notNull(),
    inputIndex: t.bigint().notNull(),
    kind: requestKind().notNull(),
    sender: t.hex().notNull(),
    bundle: t.hex(),
    drvPath: t.text(),
    payloadBytes: t.integer().notNull(),
    status: requestStatus().notNull(),
    voucherId: t.text(),
    blockNumber: t.bigint().notNull(),
    submittedAt: t.bigint().notNull(),
    transactionHash: t.hex().notNull(),
  }),
  (table) => ({
    byApplication: index().on(table.applicationAddress, table.inputIndex),
    byDerivation: index().on(table.applicationAddress, table.drvPath),
    byBlock: index().on(table.applicationAddress, table.blockNumber),
  }),
);

export const claim = onchainTable(
  "claim",
  (t) => ({
    id: t.text().primaryKey(),
    applicationAddress: t.hex().notNull(),
    consensus: t.hex().notNull(),
    lastProcessedBlock: t.bigint().notNull(),
    outputsMerkleRoot: t.hex().notNull(),
    submitters: t.hex().array().notNull(),
    status: claimStatus().notNull(),
    acceptedAt: t.bigint(),
    acceptedIn: t.hex(),
  }),
  (table) => ({ byApplication: index().on(table.applicationAddress, table.lastProcessedBlock) }),
);

/** A voucher that was executed; the chain does not show the others. */
export const voucher = onchainTable(
  "voucher",
  (t) => ({
    id: t.text().primaryKey(),
    applicationAddress: t.hex().notNull(),
    outputIndex: t.bigint().notNull(),
    destination: t.hex().notNull(),
    payload: t.hex().notNull(),
    executedAt: t.bigint().notNull(),
    transactionHash: t.hex().notNull(),
  }),
  (table) => ({ byApplication: index().on(table.applicationAddress, table.outputIndex) }),
);

export const derivation = onchainTable("derivation", (t) => ({
  drvPath: t.text().primaryKey(),
  name: t.text().notNull(),
  firstSeenAt: t.bigint().notNull(),
}));

/**
 * An application's record of a store path: its first hash, and how often that was confirmed or contradicted since. The texts
 * and what the registry does not keep are those of the voucher, or of an account's own call; unknown where neither was seen.
 */
export const output = onchainTable(
  "output",
  (t) => ({
    applicationAddress: t.hex().notNull(),
    pathKey: t.hex().notNull(),
    derivationKey: t.hex().notNull(),
    storePath: t.text(),
    name: t.text(),
    drvPath: t.text(),
    outputName: t.text(),
    narHash: t.text().notNull(),
    narSize: t.bigint(),
    inputsHash: t.hex(),
    confirmations: t.integer().notNull(),
    conflicts: t.integer().notNull(),
    inputIndex: t.bigint().notNull(),
    requestId: t.text().notNull(),
    voucherId: t.text(),
    recordedAt: t.bigint().notNull(),
    blockNumber: t.bigint().notNull(),
    transactionHash: t.hex().notNull(),
  }),
  (table) => ({
    pk: primaryKey({ columns: [table.applicationAddress, table.pathKey] }),
    byPathKey: index().on(table.pathKey),
    byDerivationKey: index().on(table.derivationKey),
    byPath: index().on(table.storePath),
    byDerivation: index().on(table.drvPath, table.outputName),
    byName: index().on(table.name),
    byHash: index().on(table.narHash),
    byRequest: index().on(table.requestId),
    byVoucher: index().on(table.voucherId),
  }),
);

/** Every call of `record` for an output, in chain order. */
export const observation = onchainTable(
  "observation",
  (t) => ({
    id: t.text().primaryKey(),
    applicationAddress: t.hex().notNull(),
    pathKey: t.hex().notNull(),
    derivationKey: t.hex().notNull(),
    inputIndex: t.bigint().notNull(),
    narHash: t.text().notNull(),
    verdict: verdict().notNull(),
    observedAt: t.bigint().notNull(),
    transactionHash: t.hex().notNull(),
  }),
  (table) => ({ byOutput: index().on(table.applicationAddress, table.pathKey) }),
);

/** The contents of `storePath` refer to `target`. */
export const reference = onchainTable(
  "reference",
  (t) => ({
    applicationAddress: t.hex().notNull(),
    storePath: t.text().notNull(),
    target: t.text().notNull(),
  }),
  (table) => ({
    pk: primaryKey({ columns: [table.applicationAddress, table.storePath, table.target] }),
    byTarget: index().on(table.applicationAddress, table.target),
  }),
);

export const applicationRelations = relations(application, ({ many }) => ({
  requests: many(request),
  outputs: many(output),
  vouchers: many(voucher),
  claims: many(claim),
}));

export const requestRelations = relations(request, ({ one, many }) => ({
  application: one(application, { fields: [request.applicationAddress], references: [application.address] }),
  voucher: one(voucher, { fields: [request.voucherId], references: [voucher.id] }),
  outputs: many(output),
}));

export const claimRelations = relations(claim, ({ one }) => ({
  application: one(application, { fields: [claim.applicationAddress], references: [application.address] }),
}));

export const voucherRelations = relations(voucher, ({ one, many }) => ({
  application: one(application, { fields: [voucher.applicationAddress], references: [application.address] }),
  outputs: many(output),
}));

export const derivationRelations = relations(derivation, ({ many }) => ({ outputs: many(output) }));

export const outputRelations = relations(output, ({ one, many }) => ({
  application: one(application, { fields: [output.applicationAddress], references: [application.address] }),
  derivation: one(derivation, { fields: [output.drvPath], references: [derivation.drvPath] }),
  request: one(request, { fields: [output.requestId], references: [request.id] }),
  voucher: one(voucher, { fields: [output.voucherId], references: [voucher.id] }),
  observations: many(observation),
  references: many(reference),
}));

export const observationRelations = relations(observation, ({ one }) => ({
  output: one(output, {
    fields: [observation.applicationAddress, observation.pathKey],
    references: [output.applicationAddress, output.pathKey],
  }),
}));

export const referenceRelations = relations(reference, ({ one }) => ({
  output: one(output, {
    fields: [reference.applicationAddress, reference.storePath],
    references: [output.applicationAddress, output.storePath],
  }),
}));
