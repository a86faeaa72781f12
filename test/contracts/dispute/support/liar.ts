import type { Hex } from "viem";
import type { Position } from "../../../../machine/dispute/game/game.ts";
import type { Move } from "../../../../machine/dispute/game/nextMove.ts";
import { partOf } from "../../../../machine/dispute/game/stateList.ts";
import { INPUT_HEIGHT, listHeight } from "../../../../machine/dispute/trace/heights.ts";
import { isAccepted, lieBits, proofOf, toState } from "./modelMachine.ts";
import type { ModelTrace } from "./modelTrace.ts";

/** Numbers from 0 to below a bound. */
export type Random = (bound: number) => number;

export interface Liar {
  /** What it says that the machine does. */
  trace: ModelTrace;
  /** What the machine does, from which alone proofs can be made. */
  truth: ModelTrace;
  random: Random;
}

/**
 * A legal move of a side that is wrong, if there is one: where its own trace differs, or else anywhere, it says something else
 * than the other side. Where only a proof is left it tries one.
 */
export async function lyingMove(game: Position, { trace, truth, random }: Liar): Promise<Move> {
  const own = statesOf(game.position, game.partHeight, game.list.states.length, trace);
  const differing = own.findIndex((state, index) => state !== game.list.states[index]);
  return moveAt(game, { trace, truth, random }, differing === -1 ? random(own.length) : differing);
}

/** A legal move at a random part, if there is one there. */
export async function randomMove(game: Position, liar: Liar): Promise<Move> {
  return moveAt(game, liar, liar.random(game.list.states.length));
}

async function moveAt(game: Position, { trace, truth, random }: Liar, index: number): Promise<Move> {
  const { partHeight } = game;
  const part = partOf(game.list, index);
  const position = game.position + (BigInt(index) << BigInt(partHeight));
  const input = Number(position >> BigInt(INPUT_HEIGHT));
  if (partHeight === 0) {
    const within = position & ((1n << BigInt(INPUT_HEIGHT)) - 1n);
    return { kind: "proveTransition", part, proof: await truth.proveTransition(input, within) };
  }
  if (partHeight === INPUT_HEIGHT && input >= trace.inputs) {
    return { kind: "proveNoInput", part };
  }
  const height = listHeight(partHeight);
  const states = statesOf(position, partHeight - height, 2 ** height, trace);
  const isInput = partHeight === INPUT_HEIGHT;
  const last = states.at(-1)!;
  const end = isInput && !isAccepted(last) ? part.start : last;
  if (end === part.end) {
    states[states.length - 1] = anotherState(last, isInput, random);
  }
  return isInput
    ? { kind: "enterInput", part, states, statusProof: proofOf("a", states.at(-1)!) }
    : { kind: "divide", part, states };
}

/** A wrong state; after an input one that is accepted, so that it has an effect. */
function anotherState(state: Hex, isAfterInput: boolean, random: Random): Hex {
  const lie = toState(BigInt(state) ^ lieBits(random(1_000)));
  return isAfterInput && !isAccepted(lie) ? toState((1n << 104n) | lieBits(random(1_000))) : lie;
}

function statesOf(position: bigint, partHeight: number, count: number, trace: ModelTrace): Hex[] {
  const input = Number(position >> BigInt(INPUT_HEIGHT));
  if (partHeight < INPUT_HEIGHT) {
    return trace.states(input, { start: position & ((1n << BigInt(INPUT_HEIGHT)) - 1n), partHeight, count });
  }
  const inputsInPart = 2 ** (partHeight - INPUT_HEIGHT);
  return Array.from({ length: count }, (_, i) => trace.kept(input + (i + 1) * inputsInPart));
}
