import { spawn } from "node:child_process";
import { constants } from "node:os";
import { join } from "node:path";
import type { OperatorCommand } from "../commands/operator.ts";

const ROOT = join(import.meta.dirname, "../..");
const at = (path: string) => join(ROOT, path);

/** What node runs for each command, before the user's arguments. */
const PROGRAMS: Readonly<Record<OperatorCommand, readonly string[]>> = {
  template: [at("machine/image/main.ts")],
  node: [at("machine/node/main.ts")],
  indexer: [at("indexer/main.ts")],
  deploy: [at("node_modules/hardhat/dist/src/cli.js"), "deploy"],
  demo: [at("demo/main.ts")],
};

/** Runs a program of the repository in the user's terminal and folder, and returns its exit code. */
export async function runInRepository(command: OperatorCommand, args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [...PROGRAMS[command], ...args], {
    stdio: "inherit",
    // Hardhat looks for its configuration from there
    ...(command === "deploy" && { cwd: ROOT }),
  });
  const forward = (signal: NodeJS.Signals) => child.kill(signal);
  // a terminal sends Ctrl-C to the program as well; only its end is waited for here
  const ignore = () => {};
  process.on("SIGTERM", forward).on("SIGINT", ignore);
  try {
    return await new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, signal) => resolve(code ?? 128 + constants.signals[signal!]));
    });
  } finally {
    process.off("SIGTERM", forward).off("SIGINT", ignore);
  }
}
