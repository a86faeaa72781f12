import assert from "node:assert/strict";
import { cpuSeconds } from "./cpuSeconds.ts";

const TIMES = 4;
const TRIES = 3;

/** Linear growth gives 4, quadratic 16. */
const FACTOR = 9;

/** Less than that is not measured: the clock, the collector and the compiler say more than the work. */
const LEAST_SECONDS = 0.004;

/** Asserts that four times the size takes about four times the processor time. */
export function growsLinearly<T>(size: number, make: (size: number) => T, work: (input: T) => unknown): void {
  const [small, large] = [make(size), make(size * TIMES)];
  work(small);
  const least = (input: T) => Math.min(...Array.from({ length: TRIES }, () => cpuSeconds(() => work(input))));
  const allowed = Math.max(least(small), LEAST_SECONDS) * FACTOR;
  const taken = least(large);
  assert.ok(taken < allowed, `${TIMES} times the size took ${taken} s, more than ${allowed} s`);
}
