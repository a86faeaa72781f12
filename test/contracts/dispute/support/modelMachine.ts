import {
  bytesToBigInt,
  decodeFunctionData,
  encodeAbiParameters,
  type Hex,
  keccak256,
  size,
  toBytes,
  toHex,
} from "viem";
import { inputsAbi } from "../../../../abi/index.ts";

/** The machine of `contracts/test/ModelMachine.sol`, off chain. Its states are words that say where it is. */

const ENDINGS = { accepted: 1n, rejected: 2n, exception: 3n, halted: 4n } as const;

export type Ending = keyof typeof ENDINGS;

/** What the machine does with an input. */
export interface ModelInput {
  ending: Ending;
  /** After so many cycles it stops. */
  cycles: bigint;
  /** The outputs root in which it ends; by default one that follows from the input. */
  root?: Hex;
}

const STEPS = 600n;
const STEP_HEIGHT = 20n;
const CYCLE = { at: 24n, bits: 40n };
const STOPS = { at: 64n, bits: 40n };
const ENDING = { at: 104n, bits: 8n };
const ROOT = { at: 112n, bits: 64n };

/** The first bit that no machine sets. */
const FIRST_LIE_BIT = 176n;

/** A change of a state that no machine makes; `seed` makes it another one. */
export const lieBits = (seed: number) => BigInt(seed + 1) << FIRST_LIE_BIT;

/** A change of a state that turns rejected into accepted, and accepted into an ending that is neither. */
export const ENDING_BITS = (ENDINGS.accepted ^ ENDINGS.rejected) << ENDING.at;

const TEMPLATE_ROOT: Hex = `0x${"00".repeat(32)}`;

/** The state before the first input: waiting, with no outputs. */
export const TEMPLATE = toState((ENDINGS.accepted << ENDING.at) | (shorten(TEMPLATE_ROOT) << ROOT.at));

/** The payload of an input with which the machine does that. */
export function payloadOf({ ending, cycles, root = "0x" }: ModelInput): Hex {
  return `0x${toHex((ENDINGS[ending] << CYCLE.bits) | cycles, { size: 6 }).slice(2)}${root.slice(2)}`;
}

/** A state and the outputs root in its transmit buffer. */
export interface Kept {
  state: Hex;
  root: Hex;
}

export const KEPT_TEMPLATE: Kept = { state: TEMPLATE, root: TEMPLATE_ROOT };

/** The outputs root after an input. */
export function rootAfter(state: Hex, input: Hex): Hex {
  const { args } = decodeFunctionData({ abi: inputsAbi, data: input });
  const payload = args[7];
  if (size(payload) >= 38) {
    return `0x${payload.slice(2 + 12, 2 + 12 + 64)}`;
  }
  const parameters = [{ type: "uint256" }, { type: "bytes32" }] as const;
  return keccak256(encodeAbiParameters(parameters, [get(BigInt(state), ROOT), keccak256(input)]));
}

/** The state after so many transitions of an input's trace, which starts in `before`. */
export function stateAt(before: Hex, input: Hex, position: bigint): Hex {
  if (position === 0n) {
    return before;
  }
  const { args } = decodeFunctionData({ abi: inputsAbi, data: input });
  const ending = bytesToBigInt(toBytes(args[7]).subarray(0, 6));
  const word =
    ((BigInt(before) >> FIRST_LIE_BIT) << FIRST_LIE_BIT) |
    (shorten(rootAfter(before, input)) << ROOT.at) |
    ((ending >> CYCLE.bits) << ENDING.at) |
    ((ending & ((1n << CYCLE.bits) - 1n)) << STOPS.at);
  const cycle = least(position >> STEP_HEIGHT, get(word, STOPS));
  const step = least(position & ((1n << STEP_HEIGHT) - 1n), STEPS);
  return toState(word | (cycle << CYCLE.at) | step);
}

/** Whether the machine has accepted its input and stopped. */
export function isAccepted(state: Hex): boolean {
  const word = BigInt(state);
  return get(word, ENDING) === ENDINGS.accepted && get(word, CYCLE) >= get(word, STOPS);
}

/** What a function of the verifier asks for: `s`tep, `r`eset, `i`nput, `a`ccepted, `t`emplate. */
export function proofOf(kind: "s" | "r" | "i" | "a" | "t", state: Hex): Hex {
  return `${toHex(kind)}${state.slice(2)}` as Hex;
}

export function toState(word: bigint): Hex {
  return toHex(word, { size: 32 });
}

function get(word: bigint, { at, bits }: { at: bigint; bits: bigint }): bigint {
  return (word >> at) & ((1n << bits) - 1n);
}

function shorten(root: Hex): bigint {
  return BigInt(keccak256(root)) & ((1n << ROOT.bits) - 1n);
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
