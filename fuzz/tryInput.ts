import { getHeapStatistics } from "node:v8";
import type { Target, Verdict } from "./target.ts";

/** The result of running a target on an input. */
export type Outcome = { verdict: Verdict } | { crash: string };

const MAX_MS = 500;
const MAX_EXTERNAL_BYTES = 64 * 1024 * 1024;
const RETRIES = 3;

/** Runs a target on one input: an error, too much time or too large an allocation is a crash. */
export function tryInput(target: Target, input: Uint8Array): Outcome {
  try {
    const externalBefore = getHeapStatistics().external_memory;
    const { verdict, milliseconds } = timed(target, input);
    const external = getHeapStatistics().external_memory - externalBefore;
    if (external > MAX_EXTERNAL_BYTES) {
      return { crash: `allocates ${external} bytes for ${input.length} bytes` };
    }
    if (milliseconds > MAX_MS && isAlwaysSlow(target, input)) {
      return { crash: `needs more than ${MAX_MS} ms for ${input.length} bytes` };
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

/** Rules out that the computer was busy with something else. */
function isAlwaysSlow(target: Target, input: Uint8Array): boolean {
  return Array.from({ length: RETRIES }, () => timed(target, input).milliseconds).every(
    (milliseconds) => milliseconds > MAX_MS,
  );
}
