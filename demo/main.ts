import { writeFile } from "node:fs/promises";
import { Argument, Command } from "commander";
import { CartenixError, createProgress, InterruptedError } from "../support/index.ts";
import { agrees, formatResult } from "./demoResult.ts";
import { EXAMPLES } from "./examples.ts";
import { runDemo } from "./runDemo.ts";

const INTERRUPTED_EXIT_CODE = 130;

const program = new Command("npm run demo --")
  .description(
    "Builds a Nix derivation inside the Cartesi Machine and follows its hash through the chain to GraphQL,\n" +
      "all of it on this computer. The first run makes the machine's template, which takes some minutes.",
  )
  .addArgument(new Argument("[example]", "what to build").choices(Object.keys(EXAMPLES)).default("greet"))
  .option("--json <file>", "also write the result as JSON")
  .action(main);

await program.parseAsync().catch(fail);
// Hardhat's in-process chain keeps a worker alive after it has closed; everything of ours has been stopped by now.
process.exit();

async function main(example: string, { json }: { json?: string }): Promise<void> {
  const interruption = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => interruption.abort(new InterruptedError()));
  }
  const result = await runDemo({ example, progress: createProgress(), signal: interruption.signal });
  console.log(formatResult(result));
  if (json) {
    await writeFile(json, `${JSON.stringify(result, null, 2)}\n`);
  }
  if (!agrees(result)) {
    process.exitCode = 1;
  }
}

function fail(error: unknown): void {
  const interrupted = error instanceof InterruptedError;
  console.error(error instanceof CartenixError ? `error: ${error.message}` : error);
  process.exitCode = interrupted ? INTERRUPTED_EXIT_CODE : 1;
}
