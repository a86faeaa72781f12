import { stripVTControlCharacters } from "node:util";
import type { Stage } from "../../../support/index.ts";
import { type Emulator, type RunResult, startEmulator } from "../../emulator/index.ts";
import { TemplateError } from "../imageErrors.ts";
import { type MachineParts, machineConfig } from "./machineConfig.ts";

/** A machine that ran its job until it powered off or asked for an input. */
export interface BootedMachine extends AsyncDisposable {
  readonly emulator: Emulator;
  readonly result: RunResult;
  /** The cycles since power-on. */
  readonly cycles: bigint;
  /** The last lines that the machine printed, at most 40. */
  readonly console: readonly string[];
}

const SLICE_CYCLES = 200_000_000n;
const KEPT_LINES = 40;
const EMULATOR_LOG = / cartesi-jsonrpc-machine pid:/;

/**
 * Boots a machine and runs its job until it powers off or asks for an input. `stage` shows the cycles and the machine's console.
 *
 * @throws {TemplateError} when the machine still runs after `maxCycles`.
 */
export async function bootJob(parts: MachineParts, maxCycles: bigint, stage: Stage): Promise<BootedMachine> {
  const lines: string[] = [];
  const log = (line: string) => {
    if (EMULATOR_LOG.test(line)) {
      return;
    }
    lines.push(stripVTControlCharacters(line).replace(/\p{Cc}/gu, " "));
    if (lines.length > KEPT_LINES) {
      lines.shift();
    }
  };
  const emulator = await startEmulator({ log });
  try {
    await emulator.create(machineConfig(parts));
    const onProgress = (cycle: bigint) => {
      stage.update(`${cycle / 1_000_000n} million cycles ${(lines.at(-1) ?? "").slice(0, 60)}`.trim());
    };
    const result = await emulator.run({ untilCycle: maxCycles, sliceCycles: SLICE_CYCLES, onProgress });
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
  return new TemplateError(`the machine still runs after ${cycles} cycles`, { details: lines.join("\n") });
}
