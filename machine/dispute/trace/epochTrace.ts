import type { Hex } from "viem";

/** The proofs of one transition, as `IDisputeGame.TransitionProof`; `0x` for what it does not do. */
export interface TransitionProof {
  input: Hex;
  response: Hex;
  step: Hex;
  reset: Hex;
}

/** Parts of the same length, one after the other, of the trace of an input. */
export interface Parts {
  /** Where the first part starts, in transitions since the machine waited for the input. */
  start: bigint;
  /** The height of each part: the binary logarithm of its number of transitions. */
  partHeight: number;
  count: number;
}

/** What the machine really does over the inputs of one epoch. Inputs count from the epoch's start. */
export interface EpochTrace {
  /** How many inputs the epoch has. */
  readonly inputs: number;
  /** The state after so many inputs: that after the last one that the machine accepted. */
  stateAfter(inputs: number): Promise<Hex>;
  /** The states after each part of an input's trace. Where it ends is the machine's last state, whether it accepts or not. */
  statesWithin(input: number, parts: Parts): Promise<Hex[]>;
  /** Proves whether the machine accepts where an input's trace ends. */
  proveStatus(input: number): Promise<Hex>;
  /** Proves the transition that starts at a position of an input's trace. */
  proveTransition(input: number, position: bigint): Promise<TransitionProof>;
  /** Proves the outputs' root in the state after all inputs. */
  proveOutputsRoot(): Promise<Hex>;
}
