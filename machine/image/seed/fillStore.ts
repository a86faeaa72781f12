import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Progress, Stage } from "../../../support/index.ts";
import { emulatorBinary } from "../../emulator/index.ts";
import { cachedFolder, describeFiles, stageInput } from "../../packages/index.ts";
import { openToolbox, type Toolbox } from "../../toolbox/index.ts";
import { bootJob } from "../boot/bootJob.ts";
import { isPoweredOff } from "../boot/isPoweredOff.ts";
import { BOOT_ARGUMENTS, type MachineParts, RAM_BYTES } from "../boot/machineConfig.ts";
import { TemplateError } from "../imageErrors.ts";
import { makeDrive } from "../rootfs/index.ts";

/** The template's root drive: the root file system with the seed in its store. */
export interface FilledDrive {
  readonly file: string;
  /** The machine's cycles from power-on to power-off, for building the seed. */
  readonly cycles: number;
}

const LAYOUT = 1;
const MAX_CYCLES = 300_000_000_000n;

/**
 * Lets the machine fill its own store: boots it with the seed's job and a copy of the root drive, to which it writes,
 * and runs it to power-off.
 *
 * @throws {TemplateError} with the machine's last lines when the job fails.
 */
export async function fillStore(
  parts: { readonly ram: string; readonly rootDrive: string; readonly job: string },
  { progress }: { progress: Progress },
): Promise<FilledDrive> {
  const { ram, rootDrive, job } = parts;
  const toolbox = await openToolbox({ progress });
  const emulator = await emulatorBinary();
  const folder = await cachedFolder({
    name: "seed",
    progress,
    inputs: {
      ...{
        layout: LAYOUT,
        bootArguments: BOOT_ARGUMENTS,
        ramSize: RAM_BYTES,
        toolbox: toolbox.key,
        emulator: emulator.sha256,
      },
      ...{ ram: stageInput(ram), rootDrive: stageInput(rootDrive), job: await describeFiles(job, ["."]) },
    },
    make: async (target) => {
      const stage = progress.stage("seed store");
      try {
        const file = join(target, "root.ext4");
        const jobDrive = join(target, "job.ext4");
        await makeDrive(toolbox, job, jobDrive);
        await copySparse(toolbox, rootDrive, target);
        const cycles = await runSeed({ ram, rootDrive: file, jobDrive, keepRootDrive: true }, stage);
        await rm(jobDrive);
        const outcome = { cycles: Number(cycles) };
        await writeFile(join(target, "outcome.json"), JSON.stringify(outcome));
        stage.done(`${cycles / 1_000_000n} million cycles`);
      } catch (error) {
        stage.fail();
        throw error;
      }
    },
  });
  const outcome = JSON.parse(await readFile(join(folder, "outcome.json"), "utf8")) as Omit<
    FilledDrive,
    "file"
  >;
  return { file: join(folder, "root.ext4"), ...outcome };
}

async function copySparse(toolbox: Toolbox, source: string, folder: string): Promise<void> {
  await toolbox.run(["cp", "--sparse=always", "/mnt/root.ext4", "/stage/root.ext4"], {
    binds: [
      { host: source, guest: "/mnt/root.ext4", readonly: true },
      { host: folder, guest: "/stage" },
    ],
  });
}

async function runSeed(parts: MachineParts, stage: Stage): Promise<bigint> {
  await using machine = await bootJob(parts, MAX_CYCLES, stage);
  const { cycles, console } = machine;
  const finished = console.some((line) => line.includes("init-cartenix: start ended with exit code 0"));
  if (isPoweredOff(machine) && finished) {
    return cycles;
  }
  throw new TemplateError("the machine failed to build the seed", { details: console.join("\n") });
}
