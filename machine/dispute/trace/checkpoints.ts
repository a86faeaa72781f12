import type { Emulator } from "../../emulator/index.ts";

/** A place of an epoch's trace: so many cycles after the machine got an input; at 0 it still waits for it. */
export interface Place {
  input: number;
  cycles: bigint;
}

/** A machine that stands at a place. It never runs: whoever wants to go on forks it. */
export interface Checkpoint extends Place {
  machine: Emulator;
}

/**
 * Machines at places of a trace, so that no stretch is run twice without need. Each costs the memory in which it differs from
 * its neighbours, so of more than `limit` the one that was not used for the longest time is dropped.
 */
export interface Checkpoints extends AsyncDisposable {
  /** The last one at or before a place that `isUsable`. */
  before(place: Place, isUsable: (checkpoint: Checkpoint) => boolean): Checkpoint | undefined;
  /** Takes the machine over. */
  add(checkpoint: Checkpoint): Promise<void>;
}

export function createCheckpoints(limit: number): Checkpoints {
  /** The one that was used last at the end. */
  const kept: Checkpoint[] = [];

  function use(checkpoint: Checkpoint): void {
    kept.splice(kept.indexOf(checkpoint), 1);
    kept.push(checkpoint);
  }

  return {
    before(place, isUsable) {
      const found = kept
        .filter((one) => comparePlaces(one, place) <= 0 && isUsable(one))
        .sort(comparePlaces)
        .at(-1);
      if (found !== undefined) {
        use(found);
      }
      return found;
    },
    async add(checkpoint) {
      const same = kept.find((one) => comparePlaces(one, checkpoint) === 0);
      if (same !== undefined) {
        use(same);
        await checkpoint.machine.shutdown();
        return;
      }
      kept.push(checkpoint);
      if (kept.length > limit) {
        await kept.shift()!.machine.shutdown();
      }
    },
    async [Symbol.asyncDispose]() {
      for (const { machine } of kept.splice(0)) {
        await machine.shutdown();
      }
    },
  };
}

function comparePlaces(a: Place, b: Place): number {
  return a.input - b.input || (a.cycles < b.cycles ? -1 : a.cycles > b.cycles ? 1 : 0);
}
