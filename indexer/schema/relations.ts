import { relations } from "ponder";
import { application, claim, consensus, consensusChange } from "./applications.ts";
import { project, release } from "./contracts.ts";
import { conflict, derivationConflict, observation, otherDerivation, output } from "./outputs.ts";
import { policy, policyMember } from "./policies.ts";
import { request, voucher } from "./requests.ts";

export const applicationRelations = relations(application, ({ one, many }) => ({
  consensusDetails: one(consensus, {
    fields: [application.chainId, application.consensus],
    references: [consensus.chainId, consensus.address],
  }),
  consensusChanges: many(consensusChange),
  requests: many(request),
  outputs: many(output),
  vouchers: many(voucher),
  claims: many(claim),
  policyMembers: many(policyMember),
}));

export const consensusChangeRelations = relations(consensusChange, ({ one }) => ({
  application: one(application, {
    fields: [consensusChange.chainId, consensusChange.applicationAddress],
    references: [application.chainId, application.address],
  }),
}));

export const claimRelations = relations(claim, ({ one }) => ({
  application: one(application, {
    fields: [claim.chainId, claim.applicationAddress],
    references: [application.chainId, application.address],
  }),
}));

export const requestRelations = relations(request, ({ one, many }) => ({
  application: one(application, {
    fields: [request.chainId, request.applicationAddress],
    references: [application.chainId, application.address],
  }),
  claim: one(claim, { fields: [request.claimId], references: [claim.id] }),
  acceptedClaim: one(claim, { fields: [request.acceptedClaimId], references: [claim.id] }),
  outputs: many(output),
  vouchers: many(voucher),
}));

export const voucherRelations = relations(voucher, ({ one, many }) => ({
  application: one(application, {
    fields: [voucher.chainId, voucher.applicationAddress],
    references: [application.chainId, application.address],
  }),
  request: one(request, {
    fields: [voucher.chainId, voucher.applicationAddress, voucher.inputIndex],
    references: [request.chainId, request.applicationAddress, request.inputIndex],
  }),
  outputs: many(output),
}));

export const outputRelations = relations(output, ({ one, many }) => ({
  application: one(application, {
    fields: [output.chainId, output.applicationAddress],
    references: [application.chainId, application.address],
  }),
  request: one(request, {
    fields: [output.chainId, output.applicationAddress, output.inputIndex],
    references: [request.chainId, request.applicationAddress, request.inputIndex],
  }),
  voucher: one(voucher, {
    fields: [output.chainId, output.applicationAddress, output.outputIndex],
    references: [voucher.chainId, voucher.applicationAddress, voucher.outputIndex],
  }),
  otherHashes: many(conflict),
  otherDerivations: many(otherDerivation),
  observations: many(observation),
}));

export const conflictRelations = relations(conflict, ({ one }) => ({
  output: one(output, {
    fields: [conflict.chainId, conflict.applicationAddress, conflict.pathKey],
    references: [output.chainId, output.applicationAddress, output.pathKey],
  }),
}));

export const observationRelations = relations(observation, ({ one }) => ({
  output: one(output, {
    fields: [observation.chainId, observation.applicationAddress, observation.pathKey],
    references: [output.chainId, output.applicationAddress, output.pathKey],
  }),
}));

export const otherDerivationRelations = relations(otherDerivation, ({ one }) => ({
  output: one(output, {
    fields: [otherDerivation.chainId, otherDerivation.applicationAddress, otherDerivation.pathKey],
    references: [output.chainId, output.applicationAddress, output.pathKey],
  }),
}));

export const derivationConflictRelations = relations(derivationConflict, ({ one }) => ({
  output: one(output, {
    fields: [derivationConflict.chainId, derivationConflict.applicationAddress, derivationConflict.pathKey],
    references: [output.chainId, output.applicationAddress, output.pathKey],
  }),
  firstOutput: one(output, {
    fields: [
      derivationConflict.chainId,
      derivationConflict.applicationAddress,
      derivationConflict.firstPathKey,
    ],
    references: [output.chainId, output.applicationAddress, output.pathKey],
  }),
}));

export const policyRelations = relations(policy, ({ many }) => ({ members: many(policyMember) }));

export const policyMemberRelations = relations(policyMember, ({ one }) => ({
  policy: one(policy, {
    fields: [policyMember.chainId, policyMember.policyAddress],
    references: [policy.chainId, policy.address],
  }),
  application: one(application, {
    fields: [policyMember.chainId, policyMember.applicationAddress],
    references: [application.chainId, application.address],
  }),
}));

export const projectRelations = relations(project, ({ many }) => ({ releases: many(release) }));

export const releaseRelations = relations(release, ({ one }) => ({
  project: one(project, {
    fields: [release.chainId, release.registry, release.projectKey],
    references: [project.chainId, project.registry, project.projectKey],
  }),
}));
