import { setTimeout as sleep } from "node:timers/promises";
import type { Emulator, RunOptions, RunResult } from "../../../machine/emulator/index.ts";

/** Returns an integer from 0 up to, but not including, `end`. */
export type Random = (end: number) => number;

/** The same numbers for the same seed (xorshift). */
export function createRandom(seed: number): Random {
  let state = seed;
  return (end) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % end;
  };
}

const MIN_SLICE_CYCLES = 100_000;
const MAX_SLICE_CYCLES = 40_000_000;

/**
 * Wraps a machine so that it runs irregularly: in slices of random size, with pauses, and now and then continuing in
 * a copy of itself.
 */
export function unsteady(machine: Emulator, random: Random): Emulator {
  let current = machine;

  async function run({ untilCycle }: RunOptions = {}): Promise<RunResult> {
    for (;;) {
      const slice = BigInt(MIN_SLICE_CYCLES + random(MAX_SLICE_CYCLES));
      const next = (await current.cycle()) + slice;
      const isLast = untilCycle !== undefined && next >= untilCycle;
      const result = await current.run({ untilCycle: isLast ? untilCycle : next });
      if (isLast || result.kind !== "reached-target") {
        return result;
      }
      if (random(4) === 0) {
        await sleep(random(20));
      }
      if (random(8) === 0) {
        await continueInCopy();
      }
    }
  }

  async function continueInCopy(): Promise<void> {
    const copy = await current.fork();
    await current.shutdown();
    current = copy;
  }

  return new Proxy(machine, {
    get(_, name: keyof Emulator) {
      if (name === "run") {
        return run;
      }
      const member = current[name];
      return typeof member === "function" ? member.bind(current) : member;
    },
  });
}
