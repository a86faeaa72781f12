import { getHeapStatistics } from "node:v8";
import type { Target, Verdict } from "./target.ts";

/** What running a target on an input came to. */
export type Outcome = { verdict: Verdict } | { crash: string };

const MAX_MILLISECONDS = 500;
const MAX_OUTSIDE_BYTES = 64 * 1024 * 1024;
const TRIES = 3;

/** Runs a target on one input: an error, too long a time and too large an allocation are crashes. */
export function probe(target: Target, input: Uint8Array): Outcome {
  try {
    const outsideBefore = getHeapStatistics().external_memory;
    const { verdict, milliseconds } = timed(target, input);
    const outside = getHeapStatistics().external_memory - outsideBefore;
    if (outside > MAX_OUTSIDE_BYTES) {
      return { crash: `takes ${outside} bytes for ${input.length} bytes` };
    }
    if (milliseconds > MAX_MILLISECONDS && isAlwaysSlow(target, input)) {
      return { crash: `takes more than ${MAX_MILLISECONDS} ms for ${input.length} bytes` };
    }
    return { verdict };
  } catch (error) {
    return { crash: error instanceof Error ? (error.stack ?? String(error)) : String(error) };
  }
}

/** What two crashes of the same kind share: the first line, without numbers and quoted text. */
export function kindOfCrash(crash: string): string {
  const [line = ""] = crash.split("\n");
  return line.replaceAll(/\d+|"[^"]*"|'[^']*'/g, "…").slice(0, 80);
}

function timed(target: Target, input: Uint8Array): { verdict: Verdict; milliseconds: number } {
  const start = performance.now();
  const verdict = target.check(input);
  return { verdict, milliseconds: performance.now() - start };
}

/** The computer may have had other things to do. */
function isAlwaysSlow(target: Target, input: Uint8Array): boolean {
  return Array.from({ length: TRIES }, () => timed(target, input).milliseconds).every(
    (milliseconds) => milliseconds > MAX_MILLISECONDS,
  );
}
