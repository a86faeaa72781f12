import { startCoverage } from "./coverage.ts";
import { minimise } from "./minimise.ts";
import { mutated } from "./mutations/mutated.ts";
import { kindOfCrash, probe } from "./probe.ts";
import { createRandom } from "./random.ts";
import type { Target } from "./target.ts";

export interface FuzzOptions {
  readonly target: Target;
  /** Inputs of the corpus folder. */
  readonly corpus: readonly Uint8Array[];
  readonly seed: number;
  readonly seconds: number;
  /** Asked before each batch. */
  readonly shouldStop?: () => boolean;
  /** Told each input before it is tried, so that somebody knows it when it never ends. */
  readonly beforeRun?: (input: Uint8Array) => void;
  /** Told after each batch. */
  readonly onBatch?: (counts: FuzzCounts) => void;
}

export interface FuzzCounts {
  runs: number;
  accepted: number;
  /** Characters of our source that ran. */
  covered: number;
}

export interface FuzzResult extends FuzzCounts {
  /** Inputs that reached code which none before them had reached, the corpus and the seeds left out. */
  readonly found: readonly Uint8Array[];
  readonly crash: Crash | undefined;
}

/** An input that broke a promise, and how. */
export interface Crash {
  readonly input: Uint8Array;
  readonly reason: string;
}

const BATCH = 100;

/** Mutates inputs, keeping those that reach new code, until the time is over or a promise is broken. */
export function fuzzLoop(options: FuzzOptions): FuzzResult {
  const { target, seed, seconds, shouldStop = () => false, onBatch } = options;
  const random = createRandom(seed);
  const deadline = performance.now() + seconds * 1_000;
  const counts: FuzzCounts = { runs: 0, accepted: 0, covered: 0 };
  const starters = [...options.corpus, ...target.seeds(seed)];
  const found: Uint8Array[] = [];
  const coverage = startCoverage();
  try {
    for (const input of starters) {
      const crash = run(input, options, counts);
      if (crash) {
        return { ...counts, found, crash };
      }
    }
    counts.covered = coverage.keepNew();
    while (performance.now() < deadline && !shouldStop()) {
      const pool = [...starters, ...found];
      const batch = Array.from({ length: BATCH }, () => mutated(target, pool, random));
      for (const input of batch) {
        const crash = run(input, options, counts);
        if (crash) {
          return { ...counts, found, crash };
        }
      }
      if (coverage.dropNew() > 0) {
        for (const input of batch) {
          probe(target, input);
          const reached = coverage.keepNew();
          counts.covered += reached;
          if (reached > 0) {
            found.push(input);
          }
        }
      }
      onBatch?.(counts);
    }
    return { ...counts, found, crash: undefined };
  } finally {
    coverage.stop();
  }
}

function run(input: Uint8Array, { target, beforeRun }: FuzzOptions, counts: FuzzCounts): Crash | undefined {
  beforeRun?.(input);
  const outcome = probe(target, input);
  counts.runs += 1;
  if ("verdict" in outcome) {
    if (outcome.verdict === "accepted") {
      counts.accepted += 1;
    }
    return undefined;
  }
  const kind = kindOfCrash(outcome.crash);
  const smallest = minimise(input, (candidate) => {
    const again = probe(target, candidate);
    return "crash" in again && kindOfCrash(again.crash) === kind;
  });
  return { input: smallest, reason: outcome.crash };
}
