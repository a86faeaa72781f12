import { stripVTControlCharacters } from "node:util";
import type { Stage } from "../../../support/index.ts";
import { type Emulator, type RunResult, startEmulator } from "../../emulator/index.ts";
import { TemplateError } from "../templateError.ts";
import { type MachineParts, machineConfig } from "./machineConfig.ts";

/** A machine that has run its job until it stopped or asked for input. */
export interface BootedMachine extends AsyncDisposable {
  readonly emulator: Emulator;
  readonly result: RunResult;
  /** Since power-on. */
  readonly cycles: bigint;
  /** What the machine printed last, at most 40 lines. */
  readonly console: readonly string[];
}

const sliceCycles = 200_000_000n;
const remembered = 40;
const emulatorsOwn = / cartesi-jsonrpc-machine pid:/;

/**
 * Boots a machine and runs its job until it halts or yields; `stage` hears of cycles and of what the machine prints.
 * Throws {@link TemplateError} when it still runs after `maxCycles`.
 */
export async function bootJob(parts: MachineParts, maxCycles: bigint, stage: Stage): Promise<BootedMachine> {
  const lines: string[] = [];
  const log = (line: string) => {
    if (emulatorsOwn.test(line)) {
      return;
    }
    lines.push(stripVTControlCharacters(line).replace(/\p{Cc}/gu, " "));
    if (lines.length > remembered) {
      lines.shift();
    }
  };
  const emulator = await startEmulator({ log });
  try {
    await emulator.create(machineConfig(parts));
    const onProgress = (cycle: bigint) => {
      stage.update(`${cycle / 1_000_000n} million cycles ${(lines.at(-1) ?? "").slice(0, 60)}`.trim());
    };
    const result = await emulator.run({ untilCycle: maxCycles, sliceCycles, onProgress });
    if (result.kind === "reached-target") {
      throw stillRunning(maxCycles, lines);
    }
    const cycles = await emulator.cycle();
    const dispose = () => emulator.shutdown();
    return { emulator, result, cycles, console: lines, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await emulator.shutdown();
    throw error;
  }
}

function stillRunning(cycles: bigint, lines: readonly string[]): TemplateError {
  return new TemplateError(`the machine is still busy after ${cycles} cycles`, { details: lines.join("\n") });
}
