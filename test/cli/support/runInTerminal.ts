import { spawn } from "node:child_process";
import { bundledCommand } from "./bundledCommand.ts";
import type { RunOptions } from "./runCartenix.ts";

export interface TerminalOptions extends RunOptions {
  /** Types each text as soon as the terminal shows its pattern. */
  typing?: readonly (readonly [shown: RegExp, text: string])[];
}

/** Runs the command in a pseudo-terminal, as `script` of util-linux makes one, and returns all that it showed. */
export async function runInTerminal(args: readonly string[], options: TerminalOptions = {}) {
  const { environment = {}, cwd, typing = [] } = options;
  const words = [process.execPath, await bundledCommand(), ...args].map(quote).join(" ");
  const child = spawn("script", ["-qefc", words, "/dev/null"], {
    env: { PATH: process.env.PATH, HOME: "/nonexistent", TERM: "xterm", ...environment },
    stdio: ["pipe", "pipe", "pipe"],
    ...(cwd && { cwd }),
  });
  let shown = "";
  const steps = [...typing];
  child.stdout.on("data", (piece: Buffer) => {
    shown += piece;
    const [next] = steps;
    if (next?.[0].test(shown)) {
      steps.shift();
      child.stdin.write(next[1]);
    }
  });
  const exitCode = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { exitCode, shown };
}

function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
