import { type Address, encodeFunctionData } from "viem";
import { inputsHash, recordAbi } from "../../../protocol/index.ts";
import { Rejection } from "../device/rejection.ts";
import type { Voucher } from "../device/rollupDevice.ts";
import { MAX_VOUCHER_BYTES, MAX_VOUCHER_OUTPUTS } from "../limits.ts";
import type { BuiltDerivation } from "./builtDerivation.ts";

/**
 * The vouchers that record the outputs in the registry: one, unless its call would exceed the limits.
 *
 * @throws {Rejection} when a single output exceeds them.
 */
export function vouchersFor(built: readonly BuiltDerivation[], registry: Address): Voucher[] {
  const records = built.flatMap(recordsOf);
  return batches(records).map((outputs) => ({
    destination: registry,
    payload: encodeFunctionData({ abi: recordAbi, functionName: "record", args: [outputs] }),
  }));
}

type Record = ReturnType<typeof recordsOf>[number];

function recordsOf({ drvPath, outputs, inputs }: BuiltDerivation) {
  return outputs.map(({ name, path, narHash, narSize, references }) => ({
    storePath: path,
    drvPath,
    outputName: name,
    narHash: `0x${narHash}` as const,
    narSize: BigInt(narSize),
    inputsHash: inputsHash(inputs),
    references,
  }));
}

function batches(records: readonly Record[]): Record[][] {
  const result: Record[][] = [];
  let bytes = 0;
  for (const record of records) {
    const size = encodedSize(record);
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

const WORD = 32;

/** Bytes that a record takes in the call: its place in the list, seven words, and its texts. */
function encodedSize({ storePath, drvPath, outputName, references }: Record): number {
  const texts = [storePath, drvPath, outputName, ...references];
  const words = texts.map((text) => 1 + Math.ceil(Buffer.byteLength(text) / WORD));
  return (1 + 7 + 1 + references.length + words.reduce((sum, count) => sum + count, 0)) * WORD;
}
