import type { Context } from "ponder:registry";
import { otherDerivation, output } from "ponder:schema";
import type { Address } from "viem";
import { formatNarHash, type RegistryOutput } from "../../protocol/index.ts";
import { derivationKeyOf, pathKeyOf } from "../../trust/index.ts";
import { partsOf } from "./storePath.ts";

/**
 * Gives recorded outputs their texts, which the registry's events do not repeat. The first call that matches a record describes it.
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
    const { storePath, drvPath, outputName, narHash, narSize, inputsHash, references } = described;
    const key = {
      chainId: context.chain.id,
      applicationAddress,
      pathKey: pathKeyOf(storePath),
    };
    const row = await context.db.find(output, key);
    if (row === null) {
      continue;
    }
    const derivationKey = derivationKeyOf(drvPath, outputName);
    // A record that a contract made by a call of its own has no texts, and what describes it can be another derivation's call.
    const isOfDerivation = derivationKey === row.derivationKey;
    const isOfHash = formatNarHash(narHash) === row.narHash;
    const missing = {
      ...(row.storePath === null && { storePath, ...partsOf(storePath), outputIndex }),
      ...(row.drvPath === null && isOfDerivation && { drvPath, outputName, inputsHash }),
      ...(row.narSize === null && isOfHash && { narSize, references: [...new Set(references)] }),
    };
    if (Object.keys(missing).length > 0) {
      await context.db.update(output, key).set(missing);
    }
    const other = { ...key, derivationKey };
    if (!isOfDerivation && (await context.db.find(otherDerivation, other))) {
      await context.db.update(otherDerivation, other).set({ drvPath, outputName });
    }
  }
}
