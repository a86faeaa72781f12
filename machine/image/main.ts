import { dirname, join } from "node:path";
import { Command } from "commander";
import { CartenixError, createProgress } from "../../support/index.ts";
import { makeTemplate } from "./makeTemplate.ts";
import { compareToRecord, writeRecord } from "./pinnedTemplate.ts";
import { remakeTemplate } from "./remakeTemplate.ts";

interface Options {
  readonly json?: boolean;
  readonly record?: boolean;
  readonly check?: boolean;
  readonly again?: boolean;
}

const command = new Command("npm run template --")
  .description(
    "Makes the machine's template: kernel, firmware, root drive, seed store, first boot, snapshot, hash.",
  )
  .option("--json", "print one JSON object instead of text")
  .option("--record", "write template hash and manifest digest to machine/image/template.json")
  .option("--check", "fail when the template is not the recorded one")
  .option("--again", "make everything but the kernel a second time, and fail when something else comes out")
  .action(run);

async function run({ json, record, check, again }: Options): Promise<void> {
  const progress = createProgress();
  const template = await makeTemplate({ progress });
  const same = again ? await remakeTemplate(template, { progress }) : undefined;
  if (record) {
    await writeRecord(template.manifest);
  }
  const recorded = await compareToRecord(template.manifest);
  const { directory, templateHash, manifest } = template;
  const { cycles } = manifest;
  const facts = {
    templateHash,
    directory,
    manifest: join(dirname(directory), "manifest.json"),
    cycles,
    recorded,
  };
  console.log(
    json ? JSON.stringify(same === undefined ? facts : { ...facts, again: same }) : textOf(facts, same),
  );
  if (same === false || (check && recorded !== "same")) {
    process.exitCode = 1;
  }
}

interface Facts {
  readonly templateHash: string;
  readonly directory: string;
  readonly manifest: string;
  readonly recorded: string;
}

function textOf({ templateHash, directory, manifest, recorded }: Facts, same: boolean | undefined): string {
  return [
    `template hash  ${templateHash}`,
    `recorded       ${recorded}`,
    ...(same === undefined ? [] : [`made again     ${same ? "the same" : "SOMETHING ELSE"}`]),
    `snapshot       ${directory}`,
    `manifest       ${manifest}`,
  ].join("\n");
}

try {
  await command.parseAsync();
} catch (error) {
  if (!(error instanceof CartenixError)) {
    throw error;
  }
  console.error(error.message);
  process.exitCode = 1;
}
