import { readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { Command, InvalidArgumentError } from "commander";
import { CartenixError, createProgress, UsageError } from "../../support/index.ts";
import { Contracts } from "./contracts.ts";
import { generateMutants, type Mutant } from "./generateMutants.ts";
import { type Judged, judgeMutants, type Setting } from "./judgeMutants.ts";
import { parseReasons } from "./reasons.ts";
import { formatMutant, reportMutants } from "./reportMutants.ts";
import { sampleMutants } from "./sampleMutants.ts";
import { readTestTable } from "./testTable.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const REASONS = fileURLToPath(new URL("reasons.json5", import.meta.url));

interface Options {
  readonly contract?: readonly string[];
  readonly except?: string;
  readonly sample?: number;
  readonly seconds?: number;
  readonly seed: number;
  readonly json?: string;
  readonly list: boolean;
}

const program = new Command("npm run mutants --")
  .description("Changes the contracts in one place at a time, and finds the changes that no test notices.")
  .option("--contract <names...>", "only the mutants of these files of contracts/, such as NixPath")
  .option("--except <folder>", "not the mutants of this folder of contracts/, such as examples")
  .option("--sample <count>", "only so many, chosen by the seed", parseCount)
  .option("--seconds <number>", "stop after this time; the seed decides which come first", parseCount)
  .option("--seed <number>", "repeat the choice of the run that printed this seed", parseCount, randomSeed())
  .option("--json <file>", "also write the results as JSON")
  .option("--list", "list the mutants without running a test", false)
  .addHelpText(
    "after",
    "\nFails if a mutant lives without a reason in scripts/mutants/reasons.json5, or a reason has become wrong.",
  )
  .action(main);

await program.parseAsync().catch((error: unknown) => {
  console.error(error instanceof CartenixError ? `error: ${error.message}` : error);
  process.exitCode = 1;
});

async function main(options: Options): Promise<void> {
  const signal = AbortSignal.any([interruption(), timeLimit(options.seconds)]);
  const reasons = parseReasons(readFileSync(REASONS, "utf8"));
  const contracts = await Contracts.build();
  const all = [...contracts.trees].flatMap(([file, tree]) =>
    generateMutants(file, readFileSync(`${ROOT}${file}`, "utf8"), tree),
  );
  const chosen = chooseMutants(all, options);
  if (options.list) {
    console.log(chosen.map(formatMutant).join("\n"));
    return;
  }
  const tests = await readTestTable(ROOT, contracts.all);
  const judged = await judge(chosen, { root: ROOT, contracts, tests, signal });
  const { text, isGood } = reportMutants(judged, all, reasons);
  console.log(`seed ${options.seed}\n${text}`);
  if (options.json) {
    const results = judged.map(({ mutant: { source: _, ...mutant }, outcome }) => ({
      ...mutant,
      ...outcome,
    }));
    writeFileSync(options.json, `${JSON.stringify({ seed: options.seed, mutants: results }, null, 2)}\n`);
  }
  process.exitCode = isGood ? 0 : 1;
}

async function judge(chosen: readonly Mutant[], setting: Omit<Setting, "onJudged">): Promise<Judged[]> {
  const stage = createProgress().stage("mutants");
  let done = 0;
  let living = 0;
  const onJudged = ({ mutant, outcome }: Judged) => {
    done += 1;
    if (outcome.outcome === "lives") {
      living += 1;
      console.error(`lives: ${formatMutant(mutant)}`);
    }
    stage.update(`${done} of ${chosen.length}, ${living} live`);
  };
  try {
    const judged = await judgeMutants(chosen, { ...setting, onJudged });
    stage.done();
    return judged;
  } catch (error) {
    stage.fail();
    throw error;
  }
}

function chooseMutants(
  all: readonly Mutant[],
  { contract, except, sample, seconds, seed }: Options,
): Mutant[] {
  const nameOf = ({ file }: Mutant) => basename(file, ".sol");
  const names = new Set(all.map(nameOf));
  for (const name of contract ?? []) {
    if (!names.has(name)) {
      throw new UsageError(`no mutants of a contract "${name}"`, {
        remedy: `choose from: ${[...names].join(", ")}`,
      });
    }
  }
  const named = all.filter(
    (mutant) =>
      (contract?.includes(nameOf(mutant)) ?? true) &&
      !(except !== undefined && mutant.file.startsWith(`contracts/${except}/`)),
  );
  return sample === undefined && seconds === undefined ? named : sampleMutants(named, seed, sample);
}

function interruption(): AbortSignal {
  const controller = new AbortController();
  process.once("SIGINT", () => controller.abort());
  return controller.signal;
}

function timeLimit(seconds: number | undefined): AbortSignal {
  return seconds === undefined ? new AbortController().signal : AbortSignal.timeout(seconds * 1000);
}

function parseCount(text: string): number {
  if (!/^\d{1,9}$/.test(text)) {
    throw new InvalidArgumentError("not a whole number");
  }
  return Number(text);
}

function randomSeed(): number {
  return Math.floor(Math.random() * 1e9);
}
