import { dirname, join } from "node:path";
import { Command } from "commander";
import { CartenixError, createProgress, exitWhenInterrupted } from "../../support/index.ts";
import { makeTemplate, type Template } from "./makeTemplate.ts";
import { type Comparison, compareToPinned, writePinnedTemplate } from "./pinnedTemplate.ts";
import { remakeTemplate } from "./remakeTemplate.ts";
import { templateProof } from "./templateProof.ts";

interface Options {
  readonly json?: boolean;
  readonly pin?: boolean;
  readonly check?: boolean;
  readonly again?: boolean;
}

const command = new Command("npm run template --")
  .description(
    "Makes the machine's template: kernel, firmware, root drive, seed, first boot, snapshot, template hash.",
  )
  .option("--json", "print a JSON object instead of text")
  .option(
    "--pin",
    "write the template hash, the manifest's digest and the proof for disputes to machine/image/template.json",
  )
  .option("--check", "fail if the template is not the pinned one")
  .option("--again", "make everything but the kernel a second time, and fail if the result differs")
  .action(run);

async function run({ json, pin, check, again }: Options): Promise<void> {
  const progress = createProgress();
  const template = await makeTemplate({ progress });
  const isReproduced = again ? await remakeTemplate(template, { progress }) : undefined;
  if (pin) {
    await writePinnedTemplate(template.manifest, await templateProof(template.directory));
  }
  const summary = summaryOf(template, await compareToPinned(template.manifest), isReproduced);
  console.log(json ? JSON.stringify(summary) : formatSummary(summary));
  if (isReproduced === false || (check && summary.pinned !== "same")) {
    process.exitCode = 1;
  }
}

interface Summary {
  readonly templateHash: string;
  readonly directory: string;
  /** The manifest's file. */
  readonly manifest: string;
  readonly cycles: { readonly seed: number; readonly firstBoot: number };
  readonly pinned: Comparison;
  /** Whether a second making had the same result; only after `--again`. */
  readonly again?: boolean;
}

function summaryOf(
  { directory, templateHash, manifest: { cycles } }: Template,
  pinned: Comparison,
  again: boolean | undefined,
): Summary {
  const manifest = join(dirname(directory), "manifest.json");
  return { templateHash, directory, manifest, cycles, pinned, ...(again !== undefined && { again }) };
}

function formatSummary({ templateHash, directory, manifest, pinned, again }: Summary): string {
  return [
    `template hash  ${templateHash}`,
    `pinned         ${pinned}`,
    ...(again === undefined ? [] : [`made again     ${again ? "the same" : "DIFFERENT"}`]),
    `snapshot       ${directory}`,
    `manifest       ${manifest}`,
  ].join("\n");
}

exitWhenInterrupted();
try {
  await command.parseAsync();
} catch (error) {
  if (!(error instanceof CartenixError)) {
    throw error;
  }
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
}
