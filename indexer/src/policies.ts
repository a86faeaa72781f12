import { ponder } from "ponder:registry";
import { policy, policyMember } from "ponder:schema";
import { Contradictions } from "../../abi/index.ts";
import { placeOf } from "./placeOf.ts";

ponder.on("TrustPolicyFactory:PolicyCreated", async ({ event, context }) => {
  const { policy: address, terms } = event.args;
  const chainId = context.chain.id;
  await context.db
    .insert(policy)
    .values({
      ...{ chainId, address },
      threshold: terms.threshold,
      contradictions: terms.contradictions === Contradictions.Any ? "any" : "refuse",
      ownerRenounced: terms.ownerRenounced,
      createdAt: event.block.timestamp,
      ...placeOf(event),
    })
    .onConflictDoNothing();
  for (const [position, { application, templateHash, consensus, claimer }] of terms.members.entries()) {
    await context.db
      .insert(policyMember)
      .values({
        ...{ chainId, policyAddress: address, position, applicationAddress: application },
        ...{ templateHash, consensus, claimer },
      })
      .onConflictDoNothing();
  }
});
