import type { Random } from "../random.ts";
import { abiWord, edgeNumber, littleEndianWord } from "./numbers.ts";
import { splice } from "./splice.ts";

type Mutation = (bytes: Uint8Array, random: Random, others: readonly Uint8Array[]) => Uint8Array;

/** Changes bytes without knowing what they mean. */
export function mutateBytes(
  bytes: Uint8Array,
  random: Random,
  { others, dictionary }: { others: readonly Uint8Array[]; dictionary: readonly Uint8Array[] },
): Uint8Array {
  if (dictionary.length > 0 && random.oneIn(4)) {
    return placeToken(bytes, random, dictionary);
  }
  return random.pick(MUTATIONS)(bytes, random, others);
}

function placeToken(bytes: Uint8Array, random: Random, dictionary: readonly Uint8Array[]): Uint8Array {
  const token = random.pick(dictionary);
  return splice(bytes, positionIn(bytes, random), random.oneIn(2) ? token.length : 0, token);
}

const setByte: Mutation = (bytes, random) =>
  splice(bytes, positionIn(bytes, random), 1, Uint8Array.of(random.below(256)));

const flipBit: Mutation = (bytes, random) => {
  const changed = Uint8Array.from(bytes);
  const at = positionIn(bytes, random);
  if (at < changed.length) {
    changed[at] = (changed[at] as number) ^ (1 << random.below(8));
  }
  return changed;
};

const insertBytes: Mutation = (bytes, random) =>
  splice(bytes, positionIn(bytes, random), 0, randomBytes(1 + random.below(8), random));

const removeBytes: Mutation = (bytes, random) =>
  splice(bytes, positionIn(bytes, random), 1 + random.below(random.oneIn(3) ? 64 : 8));

const doubleBytes: Mutation = (bytes, random) => {
  const piece = pieceOf(bytes, random);
  return splice(bytes, positionIn(bytes, random), 0, piece);
};

const repeatBytes: Mutation = (bytes, random) => {
  const piece = pieceOf(bytes, random);
  const times = 1 << random.below(8);
  return splice(bytes, positionIn(bytes, random), 0, Buffer.concat(new Array(times).fill(piece)));
};

const cut: Mutation = (bytes, random) => bytes.subarray(0, positionIn(bytes, random));

const cross: Mutation = (bytes, random, others) => {
  const other = random.pick(others);
  return Buffer.concat([
    bytes.subarray(0, positionIn(bytes, random)),
    other.subarray(positionIn(other, random)),
  ]);
};

const setWord: Mutation = (bytes, random) => {
  const word = littleEndianWord(edgeNumber(random));
  const at = positionIn(bytes, random);
  return splice(bytes, at - (at % 8), 8, word);
};

const setAbiWord: Mutation = (bytes, random) => {
  const selector = random.oneIn(4) ? 0 : 4;
  const at = Math.max(0, positionIn(bytes, random) - selector);
  return splice(bytes, selector + at - (at % 32), 32, abiWord(edgeNumber(random)));
};

const setNumber: Mutation = (bytes, random) => {
  const text = Buffer.from(bytes).toString("latin1");
  const numbers = [...text.matchAll(/\d+/g)];
  if (numbers.length === 0) {
    return insertBytes(bytes, random, []);
  }
  const { index, 0: digits } = random.pick(numbers);
  return splice(bytes, index, digits.length, Buffer.from(String(edgeNumber(random))));
};

const MUTATIONS: readonly Mutation[] = [
  setByte,
  setByte,
  flipBit,
  insertBytes,
  removeBytes,
  doubleBytes,
  repeatBytes,
  cut,
  cross,
  setWord,
  setAbiWord,
  setNumber,
];

function positionIn(bytes: Uint8Array, random: Random): number {
  return random.below(bytes.length + 1);
}

function pieceOf(bytes: Uint8Array, random: Random): Uint8Array {
  const start = positionIn(bytes, random);
  return bytes.subarray(start, start + 1 + random.below(random.oneIn(3) ? 128 : 16));
}

function randomBytes(length: number, random: Random): Uint8Array {
  return Uint8Array.from({ length }, () => random.below(256));
}
