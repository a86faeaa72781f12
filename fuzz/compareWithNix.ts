import { readInputs } from "./corpus.ts";
import type { Differential } from "./differential.ts";
import type { Crash } from "./fuzzLoop.ts";
import { mutated } from "./mutations/mutated.ts";
import type { RealNix } from "./openNix.ts";
import { createRandom } from "./random.ts";

export interface CompareOptions {
  readonly name: string;
  readonly differential: Differential;
  readonly nix: RealNix;
  readonly seed: number;
  readonly seconds: number;
  readonly shouldStop: () => boolean;
  readonly onBatch: (counts: CompareCounts) => void;
}

export interface CompareCounts {
  runs: number;
  /** By us and by Nix. */
  accepted: number;
}

export interface CompareResult extends CompareCounts {
  readonly crash: Crash | undefined;
}

/** Inputs that Nix is asked about at a time. */
const BATCH_INPUTS = 60;

/** Mutates inputs until time is up, or we and the real Nix disagree about one. */
export async function compareWithNix(options: CompareOptions): Promise<CompareResult> {
  const { name, differential, nix, seed, seconds, shouldStop, onBatch } = options;
  const random = createRandom(seed);
  const deadline = performance.now() + seconds * 1_000;
  const pool = differential.seeds(seed);
  const counts: CompareCounts = { runs: 0, accepted: 0 };
  for (let batch = [...readInputs("regressions", name).values(), ...pool]; ; ) {
    const answers = await differential.ask(nix, batch);
    for (const [index, input] of batch.entries()) {
      const ours = differential.ours(input);
      const reason = disagreement(ours, answers[index], differential);
      if (reason) {
        return { ...counts, crash: { input, reason } };
      }
      if (ours !== undefined) {
        counts.accepted += 1;
      }
      counts.runs += 1;
    }
    onBatch(counts);
    if (shouldStop() || performance.now() > deadline) {
      return { ...counts, crash: undefined };
    }
    batch = Array.from({ length: BATCH_INPUTS }, () => mutated(differential, pool, random));
  }
}

function disagreement(
  ours: string | undefined,
  theirs: string | undefined,
  { nixAcceptsMore }: Differential,
): string | undefined {
  if (ours === theirs || (ours === undefined && nixAcceptsMore)) {
    return undefined;
  }
  return `we return ${ours ?? "nothing"}, Nix returns ${theirs ?? "nothing"}`;
}
