import type { Context } from "ponder:registry";
import { otherDerivation, output } from "ponder:schema";
import { type Address, concatHex, type Hex, keccak256, stringToBytes, stringToHex } from "viem";
import type { RegistryOutput } from "../../protocol/index.ts";
import { partsOf } from "./storePath.ts";

/**
 * Gives recorded outputs their texts, which the registry's events do not repeat. The first call that records a path describes it.
 *
 * @param outputIndex The place of the voucher that made the call, if one did.
 */
export async function describeOutputs(
  context: Context,
  applicationAddress: Address,
  outputs: readonly RegistryOutput[],
  outputIndex?: bigint,
): Promise<void> {
  for (const described of outputs) {
    const { storePath, drvPath, outputName, narSize, inputsHash, references } = described;
    const key = {
      chainId: context.chain.id,
      applicationAddress,
      pathKey: keccak256(stringToBytes(storePath)),
    };
    const row = await context.db.find(output, key);
    if (row === null) {
      continue;
    }
    if (row.storePath === null) {
      await context.db.update(output, key).set({
        storePath,
        ...partsOf(storePath),
        ...{ drvPath, outputName, narSize, inputsHash, outputIndex },
        references: [...new Set(references)],
      });
      continue;
    }
    const derivationKey = derivationKeyOf(drvPath, outputName);
    if (derivationKey !== row.derivationKey) {
      const other = { ...key, derivationKey };
      if (await context.db.find(otherDerivation, other)) {
        await context.db.update(otherDerivation, other).set({ drvPath, outputName });
      }
    }
  }
}

/** As `contracts/types/DerivationKey.sol` computes it. */
function derivationKeyOf(drvPath: string, outputName: string): Hex {
  return keccak256(concatHex([stringToHex(drvPath), stringToHex("!"), stringToHex(outputName)]));
}
