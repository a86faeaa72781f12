import { startCoverage } from "./coverage.ts";
import { minimise } from "./minimise.ts";
import { mutated } from "./mutations/mutated.ts";
import { createRandom } from "./random.ts";
import type { Target } from "./target.ts";
import { kindOfCrash, tryInput } from "./tryInput.ts";

export interface FuzzOptions {
  readonly target: Target;
  /** Inputs of the corpus folder. */
  readonly corpus: readonly Uint8Array[];
  readonly seed: number;
  readonly seconds: number;
  /** Called before each batch. */
  readonly shouldStop?: () => boolean;
  /** Called with each input before it runs, so that it is known if it never ends. */
  readonly beforeRun?: (input: Uint8Array) => void;
  /** Called after each batch. */
  readonly onBatch?: (counts: FuzzCounts) => void;
}

export interface FuzzCounts {
  runs: number;
  accepted: number;
  /** Characters of our source that ran. */
  covered: number;
}

export interface FuzzResult extends FuzzCounts {
  /** Inputs that reached new code, without the corpus and the seeds. */
  readonly found: readonly Uint8Array[];
  readonly crash: Crash | undefined;
}

/** An input that broke a promise, and which. */
export interface Crash {
  readonly input: Uint8Array;
  readonly reason: string;
}

const BATCH_INPUTS = 100;

/** Mutates inputs, keeping those that reach new code, until time is up or a promise is broken. */
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
      const batch = Array.from({ length: BATCH_INPUTS }, () => mutated(target, pool, random));
      for (const input of batch) {
        const crash = run(input, options, counts);
        if (crash) {
          return { ...counts, found, crash };
        }
      }
      if (coverage.dropNew() > 0) {
        for (const input of batch) {
          tryInput(target, input);
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
  const outcome = tryInput(target, input);
  counts.runs += 1;
  if ("verdict" in outcome) {
    if (outcome.verdict === "accepted") {
      counts.accepted += 1;
    }
    return undefined;
  }
  const kind = kindOfCrash(outcome.crash);
  const smallest = minimise(input, (candidate) => {
    const again = tryInput(target, candidate);
    return "crash" in again && kindOfCrash(again.crash) === kind;
  });
  return { input: smallest, reason: outcome.crash };
}
