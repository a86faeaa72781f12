import type { Random } from "../random.ts";

const EDGES = [
  0n,
  1n,
  7n,
  8n,
  255n,
  256n,
  2n ** 16n,
  2n ** 31n,
  2n ** 32n,
  2n ** 53n,
  2n ** 63n,
  2n ** 64n - 8n,
];

/** A number at which parsers tend to go wrong: near a power of two, or small. */
export function edgeNumber(random: Random): bigint {
  const edge = random.pick(EDGES) + BigInt(random.below(7) - 3);
  return edge < 0n ? 2n ** 64n + edge : edge;
}

/** An 8-byte word, the lowest byte first, as in archives. */
export function littleEndianWord(value: bigint): Uint8Array {
  const word = Buffer.alloc(8);
  word.writeBigUInt64LE(BigInt.asUintN(64, value));
  return word;
}

/** A 32-byte word, the highest byte first, as in the ABI. */
export function abiWord(value: bigint): Uint8Array {
  return Buffer.from(BigInt.asUintN(256, value).toString(16).padStart(64, "0"), "hex");
}
