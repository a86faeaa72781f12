import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Progress, silentProgress } from "../../../support/index.ts";
import { makeScratchFolder } from "../../packages/index.ts";
import { openToolbox } from "../../toolbox/index.ts";
import { TemplateError } from "../imageErrors.ts";
import { makeFilledDrive } from "../makeFilledDrive.ts";
import { makeDrive } from "../rootfs/index.ts";
import { bootJob } from "./bootJob.ts";
import { isPoweredOff } from "./isPoweredOff.ts";

/** What a job cost. */
export interface JobRun {
  /** The machine's cycles from power-on to power-off. */
  readonly cycles: number;
  /** The wall-clock time on this computer. */
  readonly milliseconds: number;
}

export interface RunJobParameters {
  /** The shell script that the machine's init runs. The other files are beside it in `/opt/cartenix`. */
  readonly script: string;
  /** The content of the other files, by name. */
  readonly files: Readonly<Record<string, Uint8Array>>;
  readonly progress: Progress;
}

const MAX_CYCLES = 300_000_000_000n;

/**
 * Boots the template's machine with another job than the handler and runs it to power-off. Nothing of it is kept.
 *
 * @throws {TemplateError} with the machine's last lines when the script fails.
 */
export async function runJob({ script, files, progress }: RunJobParameters): Promise<JobRun> {
  const { ram, filled } = await makeFilledDrive({ progress });
  const toolbox = await openToolbox({ progress });
  await using scratch = makeScratchFolder("job");
  const content = join(scratch.path, "job");
  const jobDrive = join(scratch.path, "job.ext4");
  await mkdir(content);
  await writeFile(join(content, "start"), script, { mode: 0o755 });
  for (const [name, bytes] of Object.entries(files)) {
    await writeFile(join(content, name), bytes);
  }
  await makeDrive(toolbox, content, jobDrive);
  const startedAt = performance.now();
  await using machine = await bootJob(
    { ram, rootDrive: filled.file, jobDrive },
    MAX_CYCLES,
    silentProgress.stage("job"),
  );
  const milliseconds = performance.now() - startedAt;
  const finished = machine.console.some((line) => line.includes("start ended with exit code 0"));
  if (!finished || !isPoweredOff(machine)) {
    throw new TemplateError("the job in the machine failed", { details: machine.console.join("\n") });
  }
  return { cycles: Number(machine.cycles), milliseconds };
}
