import { parentPort, workerData } from "node:worker_threads";
import { fuzzLoop } from "./fuzzLoop.ts";
import { loadTarget } from "./loadTarget.ts";
import type { WorkerData } from "./runTarget.ts";
import { Whiteboard } from "./whiteboard.ts";

/** Fuzzes one target on a thread of its own; what the input at hand is can be read from outside. */
const { module, corpus, seed, seconds, shared } = workerData as WorkerData;
const target = await loadTarget(module);
const whiteboard = new Whiteboard(shared);
const result = fuzzLoop({
  target,
  corpus,
  seed,
  seconds,
  shouldStop: () => whiteboard.isStopping,
  beforeRun: (input) => whiteboard.writeInput(input),
  onBatch: (counts) => parentPort?.postMessage({ counts }),
});
parentPort?.postMessage({ result });
