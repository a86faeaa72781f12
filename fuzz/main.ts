import { writeFile } from "node:fs/promises";
import { Command, InvalidArgumentError } from "commander";
import { CartenixError, createProgress, type Stage, UsageError } from "../support/index.ts";
import { compareWithNix } from "./compareWithNix.ts";
import { keepInput, readInputs } from "./corpus.ts";
import type { Crash, FuzzCounts } from "./fuzzLoop.ts";
import { differentialNames, loadDifferential, loadTarget, targetModule, targetNames } from "./loadTarget.ts";
import { openNix, type RealNix } from "./openNix.ts";
import { runTarget } from "./runTarget.ts";

interface Options {
  seconds: number;
  seed: number;
  json?: string;
  grow: boolean;
}

/** One line of the summary. */
interface Row extends FuzzCounts {
  readonly target: string;
  readonly found: number;
  readonly crash?: { readonly reason: string; readonly file: string };
}

const progress = createProgress();
const interrupt = new AbortController();
process.once("SIGINT", () => interrupt.abort());

const program = new Command("npm run fuzz --")
  .description("Attacks every parser of untrusted bytes, for a bounded time.")
  .argument("[target...]", "the targets to attack; all by default")
  .option("--seconds <number>", "how long to attack each target", parseNumber, 10)
  .option("--seed <number>", "repeat the run that printed this seed", parseNumber, randomSeed())
  .option("--json <file>", "also write the results as JSON")
  .option("--grow", "add inputs that reach new code to fuzz/corpus", false)
  .addHelpText("after", `\nTargets: ${[...targetNames(), ...differentialNames()].join(", ")}`)
  .action(main);

await program.parseAsync().catch((error: unknown) => {
  console.error(error instanceof CartenixError ? `error: ${error.message}` : error);
  process.exitCode = 1;
});

async function main(names: string[], options: Options): Promise<void> {
  const known = [...targetNames(), ...differentialNames()];
  const unknown = names.find((name) => !known.includes(name));
  if (unknown) {
    throw new UsageError(`unknown target "${unknown}"`, { remedy: `choose from: ${known.join(", ")}` });
  }
  console.log(`seed ${options.seed}`);
  const rows: Row[] = [];
  let nix: RealNix | undefined;
  try {
    for (const name of names.length > 0 ? names : known) {
      if (interrupt.signal.aborted) {
        break;
      }
      if (targetNames().includes(name)) {
        rows.push(await attack(name, options));
      } else {
        nix ??= await openNix();
        rows.push(await compare(name, options, nix));
      }
    }
  } finally {
    await nix?.close();
  }
  const crashes = rows.filter(({ crash }) => crash).length;
  const runs = rows.reduce((sum, row) => sum + row.runs, 0);
  const counts = [
    counted(rows.length, "target"),
    counted(runs, "input"),
    counted(crashes, "crash", "crashes"),
  ];
  console.log(counts.join(", "));
  if (options.json) {
    await writeFile(options.json, `${JSON.stringify({ seed: options.seed, rows }, null, 2)}\n`);
  }
  if (crashes > 0) {
    process.exitCode = 1;
  }
}

async function attack(name: string, { seconds, seed, grow }: Options): Promise<Row> {
  const { description } = await loadTarget(targetModule(name));
  const stage = progress.stage(`${name} (${description})`);
  const { found, crash, ...counts } = await runTarget({
    module: targetModule(name),
    corpus: [...readInputs("corpus", name).values()],
    seconds,
    seed,
    signal: interrupt.signal,
    onProgress: (counts) => stage.update(describe(counts)),
  });
  if (grow) {
    for (const input of found) {
      keepInput("corpus", name, input);
    }
  }
  const row: Row = { target: name, ...counts, found: found.length };
  if (!crash) {
    stage.done(`${describe(counts)}, ${found.length} inputs reached new code`);
    return row;
  }
  return { ...row, crash: keepCrash(name, crash, stage) };
}

async function compare(name: string, options: Options, nix: RealNix): Promise<Row> {
  const differential = await loadDifferential(name);
  const stage = progress.stage(`${name} (${differential.description})`);
  const { runs, accepted, crash } = await compareWithNix({
    name,
    differential,
    nix,
    seconds: options.seconds,
    seed: options.seed,
    shouldStop: () => interrupt.signal.aborted,
    onBatch: ({ runs, accepted }) => stage.update(`${runs} inputs, ${accepted} accepted by both`),
  });
  const row: Row = { target: name, runs, accepted, covered: 0, found: 0 };
  if (!crash) {
    stage.done(`${runs} inputs, ${accepted} accepted by both`);
    return row;
  }
  return { ...row, crash: keepCrash(name, crash, stage) };
}

function keepCrash(name: string, { input, reason }: Crash, stage: Stage): { reason: string; file: string } {
  const file = keepInput("regressions", name, input);
  stage.fail(`${file} (${input.length} bytes)\n${reason}`);
  return { reason, file };
}

function describe({ runs, accepted, covered }: FuzzCounts): string {
  return `${runs} inputs, ${accepted} accepted, ${covered} characters of code reached`;
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

function parseNumber(text: string): number {
  const value = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || !Number.isFinite(value)) {
    throw new InvalidArgumentError("not a number");
  }
  return value;
}

function randomSeed(): number {
  return Math.floor(Math.random() * 2 ** 32);
}
