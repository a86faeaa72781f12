import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { bundledCommand } from "./bundledCommand.ts";

export type Line = Record<string, unknown>;

/** Runs a command that goes on until it is interrupted, with `--json`. */
export async function startCartenix(args: readonly string[], environment: Record<string, string>) {
  const child = spawn(process.execPath, [await bundledCommand(), args[0]!, "--json", ...args.slice(1)], {
    env: { PATH: process.env.PATH, HOME: "/nonexistent", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: Line[] = [];
  let stderr = "";
  let wake = () => {};
  child.stderr.on("data", (piece: Buffer) => {
    stderr += piece;
  });
  createInterface({ input: child.stdout }).on("line", (line) => {
    lines.push(JSON.parse(line));
    wake();
  });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  ended.then(() => wake());
  return {
    pid: child.pid!,
    lines,
    /** Waits for a line that has these values. */
    async seen(wanted: Line): Promise<Line> {
      for (;;) {
        const line = lines.find((one) =>
          Object.entries(wanted).every(([name, value]) => one[name] === value),
        );
        if (line !== undefined) {
          return line;
        }
        if (child.exitCode !== null) {
          throw new Error(`cartenix ended: ${JSON.stringify(lines)}; ${stderr}`);
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    /** Sends Ctrl-C, and waits for the exit code. */
    async interrupt(): Promise<number | null> {
      child.kill("SIGINT");
      return ended;
    },
    stderr: () => stderr,
  };
}

export type RunningCartenix = Awaited<ReturnType<typeof startCartenix>>;
