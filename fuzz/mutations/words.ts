import type { Random } from "../random.ts";
import { edgeNumber, littleEndianWord } from "./numbers.ts";
import { splice } from "./splice.ts";

interface Word {
  readonly start: number;
  readonly end: number;
}

const WORD_BYTES = 8;
const MAX_STRING_BYTES = 4_096;

/** Swaps, duplicates, drops or lengthens whole strings of archives and export streams. */
export function mutateWords(input: Uint8Array, random: Random): Uint8Array {
  const words = wordsOf(input);
  if (words.length === 0) {
    return input;
  }
  const { start, end } = random.pick(words);
  const other = random.pick(words);
  const until = words.find((word) => word.start > start && random.oneIn(4))?.end ?? end;
  return random.pick([
    () => splice(input, start, end - start),
    () => splice(input, start, until - start),
    () => splice(input, start, end - start, input.subarray(other.start, other.end)),
    () => splice(input, other.start, 0, input.subarray(start, until)),
    () => splice(input, start, WORD_BYTES, littleEndianWord(edgeNumber(random))),
    () => splice(input, start, end - start, word(random.pick(ODD))),
    () => splice(input, start + WORD_BYTES, 1, Uint8Array.of(random.below(256))),
    () => splice(input, end - 1, 1, Uint8Array.of(random.below(3))),
  ])();
}

const ODD = [
  "",
  ".",
  "..",
  "a/b",
  "a\0b",
  "é",
  "x".repeat(255),
  "x".repeat(256),
  "executable",
  "symlink",
  "entry",
];

/** The strings in it, as far as the lengths make sense; where one does not, the search continues a word later. */
function wordsOf(input: Uint8Array): Word[] {
  const view = Buffer.from(input.buffer, input.byteOffset, input.byteLength);
  const words: Word[] = [];
  for (let start = 0; start + WORD_BYTES <= input.length; ) {
    const length = view.readBigUInt64LE(start);
    const padded = length > MAX_STRING_BYTES ? 0 : Math.ceil(Number(length) / WORD_BYTES) * WORD_BYTES;
    const end = Math.min(input.length, start + WORD_BYTES + padded);
    words.push({ start, end });
    start = end;
  }
  return words;
}

/** A string as archives hold it. */
export function word(text: string): Uint8Array {
  const bytes = Buffer.from(text);
  return Buffer.concat([
    littleEndianWord(BigInt(bytes.length)),
    bytes,
    Buffer.alloc((WORD_BYTES - (bytes.length % WORD_BYTES)) % WORD_BYTES),
  ]);
}
