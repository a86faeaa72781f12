import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { World } from "./startWorld.ts";

const MAIN = fileURLToPath(new URL("../../../machine/node/main.ts", import.meta.url));
const KILL_AT = new URL("./killAt.ts", import.meta.url).href;

/** One event of the node's log. */
export interface LogLine {
  msg: string;
  [field: string]: unknown;
}

/** The node in a separate process, started from its command line. */
export interface SpawnedNode {
  pid: number;
  log: LogLine[];
  /** What it printed to standard output. */
  output(): string;
  /** Waits for an event; one that is already in the log counts. */
  event(msg: string): Promise<LogLine>;
  signal(name: NodeJS.Signals): void;
  /** The exit code, or the signal that ended it. */
  ended: Promise<number | NodeJS.Signals | null>;
}

export interface SpawnOptions {
  rpcUrl?: string;
  /** The log line at which the process kills itself. */
  killAt?: string;
  /** A command that runs the node's command. */
  prefix?: readonly string[];
  /** Whether to name the application; `true` by default. */
  application?: boolean;
}

export function spawnNode(
  world: World,
  options: readonly string[],
  { rpcUrl = world.rpcUrl, killAt, prefix = [], application = true }: SpawnOptions = {},
): SpawnedNode {
  const [command, ...args] = [...prefix, process.execPath];
  const child = spawn(
    command!,
    [
      ...args,
      ...(killAt === undefined ? [] : ["--import", KILL_AT]),
      MAIN,
      ...["--json", "--log-level", "debug", "--port", "0", "--poll-ms", "50"],
      ...(application ? ["--application", world.deployment.application] : []),
      ...["--template", world.templateDirectory],
      ...["--rpc-url", rpcUrl, "--data", `${world.folder}/data`],
      ...options,
    ],
    {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, CARTENIX_CLAIMER_KEY: world.keyOf(0), KILL_AT: killAt },
    },
  );
  const log: LogLine[] = [];
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  const waiting = new Set<() => void>();
  const runChecks = () => {
    for (const check of waiting) {
      check();
    }
  };
  createInterface({ input: child.stderr }).on("line", (line) => {
    log.push(line.startsWith("{") ? (JSON.parse(line) as LogLine) : { msg: line });
    runChecks();
  });
  let over = false;
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) =>
    child.once("close", (code, signal) => {
      over = true;
      resolve(code ?? signal);
      runChecks();
    }),
  );
  return {
    pid: child.pid!,
    log,
    output: () => output,
    ended,
    signal: (name) => void child.kill(name),
    event: (msg) =>
      new Promise((resolve, reject) => {
        const check = () => {
          const found = log.find((line) => line.msg === msg);
          if (!found && !over) {
            return;
          }
          waiting.delete(check);
          if (found) {
            resolve(found);
          } else {
            reject(new Error(`the node ended without logging "${msg}": ${JSON.stringify(log.slice(-5))}`));
          }
        };
        waiting.add(check);
        check();
      }),
  };
}
