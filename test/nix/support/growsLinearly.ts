import assert from "node:assert/strict";
import { cpuSeconds } from "./cpuSeconds.ts";

const SIZE_FACTOR = 4;

/** A busy computer makes single measurements longer, never shorter: more rounds come closer to the work itself. */
const MAX_ROUNDS = 25;

/** Linear growth gives 4, quadratic 16. */
const MAX_FACTOR = 9;

/** Shorter times are dominated by the clock, the garbage collector and the compiler. */
const MIN_SECONDS = 0.004;

/**
 * Asserts that four times the size takes about four times the processor time. Compares the shortest time of each size,
 * measured alternately until the factor is within its limit.
 */
export function growsLinearly<T>(size: number, make: (size: number) => T, work: (input: T) => unknown): void {
  const [small, large] = [make(size), make(size * SIZE_FACTOR)];
  work(small);
  let [shortestSmall, shortestLarge] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    shortestSmall = Math.min(
      shortestSmall,
      cpuSeconds(() => work(small)),
    );
    shortestLarge = Math.min(
      shortestLarge,
      cpuSeconds(() => work(large)),
    );
    if (shortestLarge < Math.max(shortestSmall, MIN_SECONDS) * MAX_FACTOR) {
      return;
    }
  }
  assert.fail(`${SIZE_FACTOR} times the size took ${shortestLarge} s, the size itself ${shortestSmall} s`);
}
