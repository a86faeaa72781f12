import fc from "fast-check";
import type { Address, Hex } from "viem";
import { storePath } from "./nixArbitraries.ts";

const SAMPLES = 12;

/** A few values of an arbitrary; the same seed leads to the same ones. */
export function samples<T>(arbitrary: fc.Arbitrary<T>, seed: number): T[] {
  return fc.sample(arbitrary, { seed: seed | 0, numRuns: SAMPLES });
}

export function utf8(text: string): Uint8Array {
  return Buffer.from(text);
}

export const bytes32: fc.Arbitrary<Hex> = hexOfLength(32);
export const address: fc.Arbitrary<Address> = hexOfLength(20);
export const storePathText: fc.Arbitrary<string> = storePath.map((path) => `${path}.drv`);

function hexOfLength(length: number): fc.Arbitrary<Hex> {
  return fc
    .uint8Array({ minLength: length, maxLength: length })
    .map((bytes): Hex => `0x${Buffer.from(bytes).toString("hex")}`);
}
