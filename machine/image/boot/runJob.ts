import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Progress, silentProgress } from "../../../support/index.ts";
import { openToolbox } from "../../toolbox/index.ts";
import { makeFilledDrive } from "../makeFilledDrive.ts";
import { makeDrive } from "../rootfs/index.ts";
import { TemplateError } from "../templateError.ts";
import { bootJob } from "./bootJob.ts";

/** What a job of one's own took. */
export interface JobRun {
  /** From power-on to power-off. */
  readonly cycles: number;
  /** Wall-clock milliseconds of this computer for the same. */
  readonly milliseconds: number;
}

export interface RunJobParameters {
  /** What the machine's init runs, a shell script; the other files lie beside it in /opt/cartenix. */
  readonly script: string;
  /** The other files' content, by name. */
  readonly files: Readonly<Record<string, Uint8Array>>;
  readonly progress: Progress;
}

const maxCycles = 300_000_000_000n;

/**
 * Boots the template's own machine with another job than the handler, until it powers off; nothing of it is kept.
 * Throws {@link TemplateError} with the machine's last lines when the script fails.
 */
export async function runJob({ script, files, progress }: RunJobParameters): Promise<JobRun> {
  const { ram, filled } = await makeFilledDrive({ progress });
  const toolbox = await openToolbox({ progress });
  const scratch = await mkdtemp(join(tmpdir(), "cartenix-job-"));
  try {
    const content = join(scratch, "job");
    const jobDrive = join(scratch, "job.ext4");
    await mkdir(content);
    await writeFile(join(content, "start"), script, { mode: 0o755 });
    for (const [name, bytes] of Object.entries(files)) {
      await writeFile(join(content, name), bytes);
    }
    await makeDrive(toolbox, content, jobDrive);
    const startedAt = performance.now();
    await using machine = await bootJob(
      { ram, rootDrive: filled.file, jobDrive },
      maxCycles,
      silentProgress.stage("job"),
    );
    const milliseconds = performance.now() - startedAt;
    const finished = machine.console.some((line) => line.includes("start ended with exit code 0"));
    if (!finished) {
      throw new TemplateError("the job failed", { details: machine.console.join("\n") });
    }
    return { cycles: Number(machine.cycles), milliseconds };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
