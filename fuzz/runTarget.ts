import { Worker } from "node:worker_threads";
import type { Crash, FuzzCounts, FuzzResult } from "./fuzzLoop.ts";
import { SharedInput } from "./sharedInput.ts";

export interface WorkerData {
  /** The target is its default export. */
  readonly module: string;
  readonly corpus: readonly Uint8Array[];
  readonly seed: number;
  readonly seconds: number;
  readonly shared: SharedArrayBuffer;
}

export interface RunOptions extends Omit<WorkerData, "shared"> {
  readonly signal: AbortSignal;
  readonly onProgress: (counts: FuzzCounts) => void;
  /** Seconds without progress after which an input counts as one that never ends; 20 if left out. */
  readonly hangSeconds?: number;
}

type Message = { counts: FuzzCounts } | { result: FuzzResult };

/** Mebibytes of JavaScript objects for a parser and all that the fuzzer keeps. */
const MAX_HEAP_MEBIBYTES = 512;
const HANG_SECONDS = 20;

/**
 * Fuzzes one target in a worker thread. If the thread runs out of memory or hangs, it is terminated, and the current
 * input is the crash.
 */
export async function runTarget(options: RunOptions): Promise<FuzzResult> {
  const { module, corpus, seed, seconds, signal, onProgress, hangSeconds = HANG_SECONDS } = options;
  const shared = SharedInput.allocate();
  const sharedInput = new SharedInput(shared);
  const worker = new Worker(new URL("worker.ts", import.meta.url), {
    workerData: { module, corpus, seed, seconds, shared } satisfies WorkerData,
    resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MEBIBYTES },
  });
  const stop = () => sharedInput.stop();
  signal.addEventListener("abort", stop);
  let counts: FuzzCounts = { runs: 0, accepted: 0, covered: 0 };
  try {
    return await new Promise<FuzzResult>((resolve) => {
      const crashed = (reason: string) => {
        const crash: Crash = { input: sharedInput.readInput(), reason };
        resolve({ ...counts, found: [], crash });
      };
      const watch = watchForHang(sharedInput, hangSeconds, () =>
        crashed(`does not end within ${hangSeconds} seconds`),
      );
      worker.on("message", (message: Message) => {
        if ("result" in message) {
          resolve(message.result);
        } else {
          counts = message.counts;
          onProgress(counts);
        }
      });
      worker.on("error", (error) =>
        crashed(error instanceof Error ? (error.stack ?? String(error)) : String(error)),
      );
      worker.on("exit", (code) => {
        clearInterval(watch);
        crashed(`ends the process with code ${code}`);
      });
    });
  } finally {
    signal.removeEventListener("abort", stop);
    await worker.terminate();
  }
}

function watchForHang(sharedInput: SharedInput, hangSeconds: number, onHang: () => void): NodeJS.Timeout {
  let runs = -1;
  return setInterval(() => {
    if (sharedInput.runs === runs && runs > 0) {
      onHang();
    }
    runs = sharedInput.runs;
  }, hangSeconds * 1_000);
}
