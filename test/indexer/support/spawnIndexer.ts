import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../../indexer/main.ts", import.meta.url));

/** The indexer's command in a process of its own. */
export function spawnIndexer(options: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [MAIN, ...options], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
  const output: string[] = [];
  const errors: string[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => output.push(line));
  createInterface({ input: child.stderr }).on("line", (line) => errors.push(line));
  const ended = once(child, "close").then(([code]) => code as number | null);
  return {
    output,
    errors,
    ended,
    stop: () => {
      child.kill("SIGTERM");
      return ended;
    },
    /** Its address, once it is ready. */
    ready: async () => {
      while (!output.includes("ready")) {
        if (child.exitCode !== null) {
          throw new Error(errors.join("\n"));
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      return output[0]!.replace("serving at ", "");
    },
  };
}
