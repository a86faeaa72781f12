import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Hex } from "viem";
import type { Progress, Stage } from "../../../support/index.ts";
import { emulatorBinary, fingerprintOf, recordVerified } from "../../emulator/index.ts";
import { cachedFolder, stageInput } from "../../packages/index.ts";
import { openToolbox } from "../../toolbox/index.ts";
import { TemplateError } from "../imageErrors.ts";
import { makeDrive } from "../rootfs/index.ts";
import { type BootedMachine, bootJob } from "./bootJob.ts";
import { isPoweredOff } from "./isPoweredOff.ts";
import { BOOT_ARGUMENTS, type MachineParts, RAM_BYTES } from "./machineConfig.ts";

/** A stored machine whose handler is waiting for its first input. */
export interface Snapshot {
  /** The folder that the emulator and the Cartesi node load. */
  readonly directory: string;
  /** The hash of the machine's whole state. */
  readonly templateHash: Hex;
  /** The cycles from power-on to the handler's first request for input. */
  readonly cycles: number;
}

const LAYOUT = 1;
const MAX_CYCLES = 20_000_000_000n;
/** The reason of a manual yield that accepts the last input and asks for the next. */
const REASON_ACCEPTED = 1;

/**
 * Boots the machine with its handler to the first request for input and stores it.
 *
 * @throws {TemplateError} with the machine's last lines when the handler does not get there.
 */
export async function takeSnapshot(
  parts: { readonly ram: string; readonly rootDrive: string; readonly job: string },
  { progress }: { progress: Progress },
): Promise<Snapshot> {
  const { ram, rootDrive, job } = parts;
  const toolbox = await openToolbox({ progress });
  const emulator = await emulatorBinary();
  let fingerprint: string | undefined;
  const folder = await cachedFolder({
    name: "template",
    progress,
    inputs: {
      ...{
        layout: LAYOUT,
        bootArguments: BOOT_ARGUMENTS,
        ramSize: RAM_BYTES,
        toolbox: toolbox.key,
        emulator: emulator.sha256,
      },
      ...{ ram: stageInput(ram), rootDrive: stageInput(rootDrive), job: stageInput(job) },
    },
    make: async (target) => {
      const stage = progress.stage("first boot");
      try {
        const jobDrive = join(target, "job.ext4");
        await makeDrive(toolbox, job, jobDrive);
        const outcome = await boot({ ram, rootDrive, jobDrive }, join(target, "snapshot"), stage);
        await rm(jobDrive);
        fingerprint = await fingerprintOf(join(target, "snapshot"));
        await writeFile(join(target, "outcome.json"), JSON.stringify(outcome));
        stage.done(`${Math.floor(outcome.cycles / 1e6)} million cycles`);
      } catch (error) {
        stage.fail();
        throw error;
      }
    },
  });
  const directory = join(folder, "snapshot");
  if (fingerprint !== undefined) {
    await recordVerified(directory, fingerprint);
  }
  const outcome = JSON.parse(await readFile(join(folder, "outcome.json"), "utf8")) as Omit<
    Snapshot,
    "directory"
  >;
  return { directory, ...outcome };
}

async function boot(
  parts: MachineParts,
  directory: string,
  stage: Stage,
): Promise<{ templateHash: Hex; cycles: number }> {
  await using machine = await bootJob(parts, MAX_CYCLES, stage);
  expectFirstRequest(machine);
  stage.update("computing the template hash");
  const templateHash = await machine.emulator.rootHash();
  stage.update("storing the machine");
  await machine.emulator.store(directory);
  return { templateHash, cycles: Number(machine.cycles) };
}

function expectFirstRequest({ result, console }: BootedMachine): void {
  if (result.kind === "yielded-manual" && result.reason === REASON_ACCEPTED) {
    return;
  }
  const what = isPoweredOff({ result })
    ? "powered off"
    : `yielded for reason ${"reason" in result ? result.reason : "?"}`;
  throw new TemplateError(`the machine ${what} before its handler asked for an input`, {
    details: console.join("\n"),
  });
}
