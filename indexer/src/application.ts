import type { Context } from "ponder:registry";
import { application } from "ponder:schema";
import type { Address } from "viem";
import { applicationAbi } from "../../abi/index.ts";

/** Makes sure that an application has a row, and reads who it is from the chain when it is new. */
export async function seeApplication(context: Context, address: Address, timestamp: bigint): Promise<void> {
  if (await context.db.find(application, { address })) return;
  const read = <name extends "getTemplateHash" | "getOutputsMerkleRootValidator" | "owner">(
    functionName: name,
  ) =>
    context.client
      .readContract({ abi: applicationAbi, address, functionName, retryEmptyResponse: false })
      // Anyone may call the registry: a caller that is no Cartesi application answers none of these.
      .catch(() => null);
  await context.db
    .insert(application)
    .values({
      address,
      templateHash: await read("getTemplateHash"),
      consensus: await read("getOutputsMerkleRootValidator"),
      owner: await read("owner"),
      firstSeenAt: timestamp,
    })
    .onConflictDoNothing();
}
