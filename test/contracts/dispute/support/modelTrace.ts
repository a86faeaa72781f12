import type { Hex } from "viem";
import type { EpochTrace, Parts, TransitionProof } from "../../../../machine/dispute/trace/epochTrace.ts";
import { INPUT_HEIGHT } from "../../../../machine/dispute/trace/heights.ts";
import { isAccepted, type Kept, proofOf, rootAfter, stateAt, toState } from "./modelMachine.ts";

/** What a liar says instead of what the machine does. Inputs count from the epoch's start. */
export type Lie =
  /** After this transition of an input, and from then on, the state has other bits. */
  | { at: "transition"; input: number; position: bigint; bits: bigint }
  /** An input has the opposite of the effect that the machine's last state gives it. */
  | { at: "status"; input: number }
  /** An input has other bytes. */
  | { at: "input"; input: number; bytes: Hex }
  /** An input that only fills the epoch up changes the state. */
  | { at: "padding"; input: number; bits: bigint };

const END = 1n << BigInt(INPUT_HEIGHT);
const CYCLE_MASK = (1n << 20n) - 1n;

/** What the model of the machine does over an epoch, or what a liar says that it does. */
export class ModelTrace implements EpochTrace {
  readonly inputs: number;
  readonly #inputs: readonly Hex[];
  readonly #lie: Lie | undefined;
  /** Before the first input, and after each. */
  readonly #kept: Kept[];

  constructor(before: Kept, inputs: readonly Hex[], lie?: Lie) {
    this.inputs = inputs.length;
    this.#inputs = lie?.at === "input" ? inputs.with(lie.input, lie.bytes) : inputs;
    this.#lie = lie;
    this.#kept = [before];
    for (let input = 0; input < inputs.length; input++) {
      const kept = this.#kept[input]!;
      const state = this.#stateAt(input, END);
      const isKept = isAccepted(state) !== (lie?.at === "status" && lie.input === input);
      const root = rootAfter(kept.state, this.#inputs[input]!);
      this.#kept.push(isKept ? { state, root } : kept);
    }
  }

  /** Where it ends. */
  get end(): Kept {
    return this.#kept.at(-1)!;
  }

  /** The state after so many inputs, among them such that only fill the epoch up. */
  kept(inputs: number): Hex {
    const { state } = this.#kept[Math.min(inputs, this.inputs)]!;
    const lie = this.#lie;
    return lie?.at === "padding" && inputs > lie.input ? toState(BigInt(state) ^ lie.bits) : state;
  }

  async stateAfter(inputs: number): Promise<Hex> {
    return this.kept(inputs);
  }

  states(input: number, { start, partHeight, count }: Parts): Hex[] {
    return Array.from({ length: count }, (_, i) =>
      this.#stateAt(input, start + (BigInt(i + 1) << BigInt(partHeight))),
    );
  }

  async statesWithin(input: number, parts: Parts): Promise<Hex[]> {
    return this.states(input, parts);
  }

  async proveStatus(input: number): Promise<Hex> {
    return proofOf("a", this.#stateAt(input, END));
  }

  async proveTransition(input: number, position: bigint): Promise<TransitionProof> {
    const bytes = this.#inputs[input]!;
    const before = this.#stateAt(input, position);
    const isFirst = position === 0n;
    const isLast = ((position + 1n) & CYCLE_MASK) === 0n;
    // A step before a reset comes long after the microarchitecture has halted: it changes nothing.
    const responded = isFirst ? toState((BigInt(stateAt(before, bytes, 1n)) >> 24n) << 24n) : before;
    return {
      input: isFirst ? bytes : "0x",
      response: isFirst ? proofOf("i", before) : "0x",
      step: proofOf("s", responded),
      reset: isLast ? proofOf("r", before) : "0x",
    };
  }

  async proveOutputsRoot(): Promise<Hex> {
    return this.end.root;
  }

  #stateAt(input: number, position: bigint): Hex {
    const state = stateAt(this.#kept[input]!.state, this.#inputs[input]!, position);
    const lie = this.#lie;
    const isAltered = lie?.at === "transition" && lie.input === input && position > lie.position;
    return isAltered ? toState(BigInt(state) ^ lie.bits) : state;
  }
}
