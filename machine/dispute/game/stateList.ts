import { concatHex, type Hex, keccak256 } from "viem";

/** A list of states that divides a segment of a trace, as a side posts it. */
export interface StateList {
  /** The state before the first part. */
  start: Hex;
  /** The state after each part; their number is a power of two. */
  states: readonly Hex[];
}

/** A part of a list with the proof of its place, as `StateList.Part`. */
export interface Part {
  index: bigint;
  start: Hex;
  end: Hex;
  siblings: readonly Hex[];
}

/** The root of a list, which is all that the chain keeps of it. */
export function listRoot(list: StateList): Hex {
  return levelsOf(list).at(-1)![0]!;
}

/** A part of a list. */
export function partOf(list: StateList, index: number): Part {
  const siblings = levelsOf(list)
    .slice(0, -1)
    .map((nodes, level) => nodes[(index >> level) ^ 1]!);
  return { index: BigInt(index), start: stateBefore(list, index), end: list.states[index]!, siblings };
}

function levelsOf(list: StateList): Hex[][] {
  const levels = [list.states.map((end, index) => hashPair(stateBefore(list, index), end))];
  for (let nodes = levels[0]!; nodes.length > 1; levels.push(nodes)) {
    const below = nodes;
    nodes = Array.from({ length: below.length / 2 }, (_, i) => hashPair(below[2 * i]!, below[2 * i + 1]!));
  }
  return levels;
}

function stateBefore({ start, states }: StateList, index: number): Hex {
  return index === 0 ? start : states[index - 1]!;
}

function hashPair(left: Hex, right: Hex): Hex {
  return keccak256(concatHex([left, right]));
}
