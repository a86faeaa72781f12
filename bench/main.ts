import { readdir, writeFile } from "node:fs/promises";
import { Command } from "commander";
import { CartenixError, createProgress, exitWhenInterrupted, UsageError } from "../support/index.ts";
import type { Bench, BenchRow } from "./bench.ts";
import { formatTable } from "./table.ts";

const NOT_BENCHES = new Set(["bench.ts", "benchError.ts", "main.ts", "table.ts"]);

const program = new Command("npm run bench --")
  .description("Measures Cartenix and what it is compared to, side by side in one run.")
  .argument("[name...]", "the benches to run; all by default")
  .option("--json <file>", "also write the rows as JSON")
  .action(main);

exitWhenInterrupted();
await program.parseAsync().catch((error: unknown) => {
  console.error(error instanceof CartenixError ? `error: ${error.message}` : error);
  process.exitCode = 1;
});

async function main(names: string[], { json }: { json?: string }): Promise<void> {
  const known = await benchNames();
  const unknown = names.find((name) => !known.includes(name));
  if (unknown) {
    throw new UsageError(`unknown bench "${unknown}"`, { remedy: `choose from: ${known.join(", ")}` });
  }
  const rows: BenchRow[] = [];
  for (const name of names.length > 0 ? names : known) {
    rows.push(...(await runBench(name)));
  }
  console.log(formatTable(rows));
  if (json) {
    await writeFile(json, `${JSON.stringify(rows, null, 2)}\n`);
  }
}

async function benchNames(): Promise<string[]> {
  const files = await readdir(new URL(".", import.meta.url));
  return files
    .filter((file) => file.endsWith(".ts") && !NOT_BENCHES.has(file))
    .map((file) => file.slice(0, -".ts".length))
    .sort();
}

async function runBench(name: string): Promise<BenchRow[]> {
  const { default: bench } = (await import(`./${name}.ts`)) as { default: Bench };
  console.error(`# ${name}: ${bench.description}`);
  const figures = await bench.run(createProgress());
  return figures.map((figure) => ({ bench: name, ...figure, ratio: figure.ours / figure.other }));
}
