import { parentPort, workerData } from "node:worker_threads";
import { fuzzLoop } from "./fuzzLoop.ts";
import { loadTarget } from "./loadTarget.ts";
import type { WorkerData } from "./runTarget.ts";
import { SharedInput } from "./sharedInput.ts";

/** Fuzzes one target in a worker thread; the main thread can read the current input. */
const { module, corpus, seed, seconds, shared } = workerData as WorkerData;
const target = await loadTarget(module);
const sharedInput = new SharedInput(shared);
const result = fuzzLoop({
  target,
  corpus,
  seed,
  seconds,
  shouldStop: () => sharedInput.isStopping,
  beforeRun: (input) => sharedInput.writeInput(input),
  onBatch: (counts) => parentPort?.postMessage({ counts }),
});
parentPort?.postMessage({ result });
