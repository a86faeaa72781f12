import { setTimeout as sleep } from "node:timers/promises";
import type { Emulator, RunOptions, RunResult } from "../../../machine/emulator/index.ts";

/** A number from 0 on and below `end`. */
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

const SMALLEST_SLICE = 100_000;
const LARGEST_SLICE = 40_000_000;

/**
 * A machine that is run as no two computers would: in slices of any size, with pauses, and now and then it goes on in
 * a copy of itself.
 */
export function unsteady(machine: Emulator, random: Random): Emulator {
  let current = machine;

  async function run({ untilCycle }: RunOptions = {}): Promise<RunResult> {
    for (;;) {
      const slice = BigInt(SMALLEST_SLICE + random(LARGEST_SLICE));
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
        await goOnInACopy();
      }
    }
  }

  async function goOnInACopy(): Promise<void> {
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
