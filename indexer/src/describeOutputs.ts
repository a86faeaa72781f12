import type { Context } from "ponder:registry";
import { derivation, output, reference } from "ponder:schema";
import { type Address, type Hex, keccak256, stringToBytes } from "viem";
import type { RegistryOutput } from "../../protocol/index.ts";
import { nameOf } from "./storePath.ts";

/** Gives recorded outputs their texts, which the registry's events do not repeat. The first call that records a path describes it. */
export async function describeOutputs(
  { event, context }: { event: { block: { timestamp: bigint } }; context: Context },
  applicationAddress: Address,
  outputs: readonly RegistryOutput[],
  isWanted: (pathKey: Hex) => boolean,
): Promise<void> {
  for (const described of outputs) {
    const { storePath, drvPath, outputName, narSize, inputsHash, references } = described;
    const pathKey = keccak256(stringToBytes(storePath));
    if (!isWanted(pathKey)) {
      continue;
    }
    const row = await context.db.find(output, { applicationAddress, pathKey });
    if (row?.storePath !== null) {
      continue;
    }
    await context.db
      .update(output, { applicationAddress, pathKey })
      .set({ storePath, name: nameOf(storePath), drvPath, outputName, narSize, inputsHash });
    await context.db
      .insert(derivation)
      .values({ drvPath, name: nameOf(drvPath), firstSeenAt: event.block.timestamp })
      .onConflictDoNothing();
    for (const target of new Set(references)) {
      await context.db
        .insert(reference)
        .values({ applicationAddress, storePath, target })
        .onConflictDoNothing();
    }
  }
}
