import type { Hash, Hex } from "viem";

export type InputStatus =
  | "NONE"
  | "ACCEPTED"
  | "REJECTED"
  | "EXCEPTION"
  | "MACHINE_HALTED"
  | "CYCLE_LIMIT_EXCEEDED";

/** The result of advancing the machine by one input. */
export interface Advance {
  inputIndex: bigint;
  status: Exclude<InputStatus, "NONE">;
  /** Cycles that the input took. */
  cycles: bigint;
  /** The machine's root hash after the input; unless accepted, the hash before it. */
  machineHash: Hash;
  /** The outputs Merkle root that the machine reports on acceptance. */
  outputsRoot: Hex | undefined;
  exception: string | undefined;
  /** Empty unless accepted. */
  outputs: readonly Uint8Array[];
  reports: readonly Uint8Array[];
}
