import type { Address } from "viem";
import { encodedOutputSize, encodeRecord, inputsHash, type RegistryOutput } from "../../../protocol/index.ts";
import { Rejection } from "../device/rejection.ts";
import type { AdvanceRequest, Voucher } from "../device/rollupDevice.ts";
import { MAX_VOUCHER_BYTES, MAX_VOUCHER_OUTPUTS } from "../limits.ts";
import type { BuiltDerivation } from "./builtDerivation.ts";

/**
 * The vouchers that record the outputs of an input in the registry: one, unless its call would exceed the limits.
 *
 * @throws {Rejection} when a single output exceeds them.
 */
export function vouchersFor(
  built: readonly BuiltDerivation[],
  { index: inputIndex }: Pick<AdvanceRequest, "index">,
  registry: Address,
): Voucher[] {
  const records = built.flatMap(recordsOf);
  return batches(records).map((outputs) => ({
    destination: registry,
    payload: encodeRecord({ inputIndex, outputs }),
  }));
}

function recordsOf({ drvPath, outputs, inputs }: BuiltDerivation): RegistryOutput[] {
  return outputs.map(({ name, path, narHash, narSize, references }) => ({
    storePath: path,
    drvPath,
    outputName: name,
    narHash: `0x${narHash}`,
    narSize: BigInt(narSize),
    inputsHash: inputsHash(inputs),
    references,
  }));
}

function batches(records: readonly RegistryOutput[]): RegistryOutput[][] {
  const result: RegistryOutput[][] = [];
  let bytes = 0;
  for (const record of records) {
    const size = encodedOutputSize(record);
    if (size > MAX_VOUCHER_BYTES) {
      throw new Rejection(
        `build: the record of ${record.storePath} would have ${size} bytes, more than the limit of ${MAX_VOUCHER_BYTES}: use fewer references`,
      );
    }
    const batch = result.at(-1);
    bytes += size;
    if (batch && batch.length < MAX_VOUCHER_OUTPUTS && bytes <= MAX_VOUCHER_BYTES) {
      batch.push(record);
    } else {
      result.push([record]);
      bytes = size;
    }
  }
  return result;
}
