import fc from "fast-check";

/** The bytes with one change: a bit or a word set, a piece removed, duplicated, moved or cut off. */
export function mutatedBytes(original: Uint8Array): fc.Arbitrary<Uint8Array> {
  const position = fc.nat({ max: Math.max(0, original.length - 1) });
  const word = position.map((at) => at - (at % 8));
  const splice = (at: number, remove: number, insert: Uint8Array) =>
    Uint8Array.of(...original.subarray(0, at), ...insert, ...original.subarray(at + remove));
  return fc.oneof(
    fc.tuple(position, fc.nat(255)).map(([at, value]) => splice(at, 1, Uint8Array.of(value))),
    fc
      .tuple(word, fc.bigInt({ min: 0n, max: 300n }))
      .map(([at, value]) => splice(at, 8, littleEndian(value))),
    fc.tuple(position, fc.nat(32)).map(([at, length]) => splice(at, length, new Uint8Array(0))),
    fc.tuple(word, fc.nat(12)).map(([at, words]) => splice(at, words * 8, new Uint8Array(0))),
    fc.tuple(position, fc.uint8Array({ maxLength: 9 })).map(([at, insert]) => splice(at, 0, insert)),
    fc
      .tuple(word, word, fc.nat(16))
      .map(([at, from, words]) => splice(at, 0, original.subarray(from, from + words * 8))),
    position.map((at) => original.subarray(0, at)),
  );
}

function littleEndian(value: bigint): Uint8Array {
  const word = new Uint8Array(8);
  new DataView(word.buffer).setBigUint64(0, value, true);
  return word;
}
