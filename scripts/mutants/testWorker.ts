import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Answer } from "./testWorkerMain.ts";

export interface TestRun {
  readonly result: "passed" | "failed" | "crashed" | "timed out" | "aborted";
  /** The end of what it printed. */
  readonly output: string;
}

const MAIN = fileURLToPath(new URL("testWorkerMain.ts", import.meta.url));
const OUTPUT_CHARACTERS = 2_000;

/** Each run leaves chains and modules behind. */
const MAX_MEMORY_BYTES = 1.5 * 2 ** 30;

/** A process that runs test files of a project one after another. Only the first run waits until Hardhat is loaded. */
export class TestWorker {
  readonly #child: ChildProcess;
  #output = "";
  #isFresh = true;
  #memoryBytes = 0;

  constructor(folder: string) {
    this.#child = fork(MAIN, {
      cwd: folder,
      stdio: ["ignore", "pipe", "ignore", "ipc"],
      detached: true,
      env: {
        ...process.env,
        CARTENIX_MUTANT: "1",
        // a mutant that falls to a random value falls to it in each run
        FAST_CHECK_SEED: "1",
        NODE_COMPILE_CACHE: join(folder, ".compile-cache"),
      },
    });
    this.#child.stdout!.setEncoding("utf8").on("data", (text: string) => {
      this.#output = `${this.#output}${text}`.slice(-OUTPUT_CHARACTERS);
    });
  }

  /** Whether it should be replaced by a new one. */
  get isSpent(): boolean {
    return (
      this.#memoryBytes > MAX_MEMORY_BYTES || this.#child.exitCode !== null || this.#child.signalCode !== null
    );
  }

  /** Runs a test file until its first failure. `isFresh`: no other file ran in the process before. */
  async run(testFile: string, limitMs: number, signal: AbortSignal): Promise<TestRun & { isFresh: boolean }> {
    const isFresh = this.#isFresh;
    this.#isFresh = false;
    this.#output = "";
    let result: TestRun["result"] = "crashed";
    const kill = (why: TestRun["result"]) => {
      result = why;
      this.stop();
    };
    const abort = () => kill("aborted");
    const timer = setTimeout(() => kill("timed out"), limitMs);
    signal.addEventListener("abort", abort);
    const ended = new AbortController();
    try {
      const answered = once(this.#child, "message", ended).then(([answer]) => answer as Answer);
      const exited = once(this.#child, "exit", ended).then(() => undefined);
      // if it cannot be sent, the process has ended
      this.#child.send(testFile, () => {});
      const answer = await Promise.race([answered, exited]);
      if (answer) {
        result = answer.failures === 0 ? "passed" : "failed";
        this.#memoryBytes = answer.memoryBytes;
      }
      return { result, output: this.#output, isFresh };
    } finally {
      ended.abort();
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
    }
  }

  /** Ends it with all processes that its tests started. */
  stop(): void {
    try {
      process.kill(-this.#child.pid!, "SIGKILL");
    } catch {
      // it ended by itself
    }
  }
}
