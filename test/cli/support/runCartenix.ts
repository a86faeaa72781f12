import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { bundledCommand } from "./bundledCommand.ts";

const SOURCES = join(import.meta.dirname, "../../../cli/main.ts");

export interface RunOptions {
  /** The command of the repository, which has more parts than the bundled one. */
  fromSources?: boolean;
  /** Beside a home without any configuration. */
  environment?: Record<string, string>;
  /** The working folder. */
  cwd?: string;
  /** Sends this signal as soon as stderr has this text. */
  interruptAt?: { text: RegExp; signal: "SIGINT" | "SIGTERM" | "SIGKILL" };
  /** Is given the process when it has started. */
  onStart?: (child: ChildProcess) => void;
}

/** Runs the command as its user does, and waits for its end. */
export async function runCartenix(args: readonly string[], options: RunOptions = {}) {
  const { environment = {}, cwd, interruptAt, onStart, fromSources = false } = options;
  const child = spawn(process.execPath, [fromSources ? SOURCES : await bundledCommand(), ...args], {
    env: { PATH: process.env.PATH, HOME: "/nonexistent", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
    ...(cwd && { cwd }),
  });
  onStart?.(child);
  if (interruptAt) {
    let seen = "";
    child.stderr.on("data", function look(piece: Buffer) {
      seen += piece;
      if (interruptAt.text.test(seen)) {
        child.stderr.off("data", look);
        child.kill(interruptAt.signal);
      }
    });
  }
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const [stdout, stderr, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { exitCode, stdout, stderr };
}

/** Runs the command with `--json`. */
export async function runJson(args: readonly string[], options: RunOptions = {}) {
  const { exitCode, stdout, stderr } = await runCartenix([args[0]!, "--json", ...args.slice(1)], options);
  try {
    return { exitCode, stderr, answer: JSON.parse(stdout) };
  } catch {
    throw new Error(`no JSON on stdout: ${JSON.stringify(stdout)}; stderr: ${stderr}`);
  }
}
