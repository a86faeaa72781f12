import type { Context } from "ponder:registry";
import { application } from "ponder:schema";
import type { Address } from "viem";
import { applicationAbi } from "../../abi/index.ts";

/** Ensures that an application has a row. The chain is asked for its details when it is new. */
export async function ensureApplication(
  context: Context,
  address: Address,
  timestamp: bigint,
): Promise<void> {
  if (await context.db.find(application, { address })) {
    return;
  }
  const contract = { abi: applicationAbi, address, retryEmptyResponse: false } as const;
  const { client } = context;
  const [templateHash, consensus, owner] = await Promise.all([
    client.readContract({ ...contract, functionName: "getTemplateHash" }).catch(notAnApplication),
    client
      .readContract({ ...contract, functionName: "getOutputsMerkleRootValidator" })
      .catch(notAnApplication),
    client.readContract({ ...contract, functionName: "owner" }).catch(notAnApplication),
  ]);
  await context.db
    .insert(application)
    .values({ address, templateHash, consensus, owner, firstSeenAt: timestamp })
    .onConflictDoNothing();
}

/** Anyone may call the registry, and a caller that is not a Cartesi application has none of these functions. */
function notAnApplication(): null {
  return null;
}
