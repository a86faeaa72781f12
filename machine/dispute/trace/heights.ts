import { LOG2_MAX_INPUT_CYCLES } from "../../../protocol/index.ts";

/** Heights are binary logarithms of numbers of transitions; the same as in `contracts/dispute/libraries/Trace.sol`. */

/** One cycle of the machine, in steps of its microarchitecture. */
export const CYCLE_HEIGHT = 20;

/** One input: as many cycles as the machine may take for it. */
export const INPUT_HEIGHT = CYCLE_HEIGHT + LOG2_MAX_INPUT_CYCLES;

const MAX_LIST_HEIGHT = 5;

/** The height of an epoch of so many inputs. */
export function epochHeight(inputs: number): number {
  return INPUT_HEIGHT + Math.ceil(Math.log2(inputs));
}

/** Into how many parts a segment of the given height is divided, as a height. */
export function listHeight(segmentHeight: number): number {
  const levelBelow =
    segmentHeight > INPUT_HEIGHT ? INPUT_HEIGHT : segmentHeight > CYCLE_HEIGHT ? CYCLE_HEIGHT : 0;
  return Math.min(segmentHeight - levelBelow, MAX_LIST_HEIGHT);
}
