import { bytesToHex, type Hex } from "viem";
import {
  type EpochTrace,
  INPUT_HEIGHT,
  type Parts,
  proveOutputsRoot,
  proveStatus,
} from "../../../machine/dispute/index.ts";
import type { Emulator } from "../../../machine/emulator/index.ts";

export interface Lie {
  /** The input of whose trace it lies, from the epoch's start. */
  input: number;
  /** From which position on; `1n << INPUT_HEIGHT` is the end. */
  from: bigint;
  /** The machine that it says to have from there on, whatever happens; a real one, so that it can prove things of it. */
  machine: Emulator;
  /** The machine that it says to have after the input: the same if it accepts, or the one before the input. */
  kept: Emulator;
}

/** What somebody says who tells the truth up to a position, and from there on says that the machine is another one. */
export async function lyingTrace(truth: EpochTrace, lie: Lie): Promise<EpochTrace> {
  const state = await lie.machine.rootHash();
  return {
    inputs: truth.inputs,
    stateAfter: (inputs) => (inputs <= lie.input ? truth.stateAfter(inputs) : lie.kept.rootHash()),
    async statesWithin(input: number, parts: Parts): Promise<Hex[]> {
      const states = await truth.statesWithin(input, parts);
      const length = 1n << BigInt(parts.partHeight);
      return states.map((right, i) =>
        input === lie.input && parts.start + BigInt(i + 1) * length >= lie.from ? state : right,
      );
    },
    proveStatus: async (input) =>
      input === lie.input ? bytesToHex(await proveStatus(lie.machine)) : truth.proveStatus(input),
    proveTransition: (input, position) => truth.proveTransition(input, position),
    proveOutputsRoot: async () => bytesToHex(await proveOutputsRoot(lie.kept)),
  };
}

/** The end of an input's trace. */
export const INPUT_END = 1n << BigInt(INPUT_HEIGHT);
