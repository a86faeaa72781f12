import type { Emulator, RunOptions, RunResult } from "./emulator.ts";
import { EmulatorProtocolError } from "./emulatorErrors.ts";
import { readExitCode, readYield } from "./htif.ts";

/** A quarter of a second of an ordinary workload; between slices of this length the pauses do not count. */
const DEFAULT_SLICE_CYCLES = 50_000_000n;
const MAX_CYCLE = (1n << 64n) - 1n;

export const BREAK_REASONS = [
  "halted",
  "yielded_manually",
  "yielded_automatically",
  "reached_target_mcycle",
] as const;

interface Machine extends Pick<Emulator, "cycle" | "readRegister" | "readMemory"> {
  /** Runs at most until the given cycle, without a pause. */
  runSlice(untilCycle: bigint): Promise<(typeof BREAK_REASONS)[number]>;
}

/** Runs a machine slice by slice until it stops by itself or reaches its target. */
export async function run(machine: Machine, options: RunOptions = {}): Promise<RunResult> {
  const { untilCycle = MAX_CYCLE, sliceCycles = DEFAULT_SLICE_CYCLES, onProgress, signal } = options;
  let cycle = await machine.cycle();
  while (cycle <= untilCycle) {
    signal?.throwIfAborted();
    const isLastSlice = untilCycle - cycle <= sliceCycles;
    const reason = await machine.runSlice(isLastSlice ? untilCycle : cycle + sliceCycles);
    const before = cycle;
    cycle = await machine.cycle();
    onProgress?.(cycle);
    switch (reason) {
      case "halted":
        return { kind: "halted", exitCode: await readExitCode(machine) };
      case "yielded_manually":
        return readYield(machine, "yielded-manual");
      case "yielded_automatically":
        return readYield(machine, "yielded-automatic");
      case "reached_target_mcycle":
        if (cycle >= untilCycle) {
          return { kind: "reached-target" };
        }
        if (cycle <= before) {
          throw new EmulatorProtocolError("machine.run", `it makes no progress at cycle ${cycle}`);
        }
    }
  }
  return { kind: "reached-target" };
}
