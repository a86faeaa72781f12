import type { Hex } from "viem";
import type { EpochTrace, TransitionProof } from "../trace/epochTrace.ts";
import { INPUT_HEIGHT, listHeight } from "../trace/heights.ts";
import { NothingToDisputeError } from "./disputeErrors.ts";
import type { Position } from "./game.ts";
import { type Part, partOf } from "./stateList.ts";

/** A move, named after the function of `IDisputeGame` that makes it. */
export type Move =
  | { kind: "divide"; part: Part; states: Hex[] }
  | { kind: "enterInput"; part: Part; states: Hex[]; statusProof: Hex }
  | { kind: "proveNoInput"; part: Part }
  | { kind: "proveTransition"; part: Part; proof: TransitionProof };

/**
 * The one right move of the side whose turn it is: in the other side's list, the first part that ends in a wrong state, and
 * what the machine really does there. It depends on nothing but the game and the machine, so that a player can forget all
 * else.
 *
 * @throws {NothingToDisputeError} when the other side is right.
 */
export async function nextMove(game: Position, trace: EpochTrace): Promise<Move> {
  const index = await firstWrongPart(game, trace);
  const part = partOf(game.list, index);
  const position = game.position + (BigInt(index) << BigInt(game.partHeight));
  const input = Number(position >> BigInt(INPUT_HEIGHT));
  if (game.partHeight === 0) {
    return { kind: "proveTransition", part, proof: await trace.proveTransition(input, within(position)) };
  }
  if (game.partHeight === INPUT_HEIGHT && input >= trace.inputs) {
    return { kind: "proveNoInput", part };
  }
  const height = listHeight(game.partHeight);
  const states = await statesOf(position, game.partHeight - height, 2 ** height, trace);
  return game.partHeight === INPUT_HEIGHT
    ? { kind: "enterInput", part, states, statusProof: await trace.proveStatus(input) }
    : { kind: "divide", part, states };
}

async function firstWrongPart({ position, partHeight, list }: Position, trace: EpochTrace): Promise<number> {
  const right = await statesOf(position, partHeight, list.states.length, trace);
  const index = list.states.findIndex((state, i) => state !== right[i]);
  if (index === -1) {
    throw new NothingToDisputeError(right.at(-1)!);
  }
  return index;
}

/** The states after each of `count` parts from `position` on. */
async function statesOf(
  position: bigint,
  partHeight: number,
  count: number,
  trace: EpochTrace,
): Promise<Hex[]> {
  const input = Number(position >> BigInt(INPUT_HEIGHT));
  if (partHeight < INPUT_HEIGHT) {
    return trace.statesWithin(input, { start: within(position), partHeight, count });
  }
  const states: Hex[] = [];
  for (let i = 1; i <= count; i++) {
    states.push(await trace.stateAfter(Math.min(input + i * 2 ** (partHeight - INPUT_HEIGHT), trace.inputs)));
  }
  return states;
}

function within(position: bigint): bigint {
  return position & ((1n << BigInt(INPUT_HEIGHT)) - 1n);
}
