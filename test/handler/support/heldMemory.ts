import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
setFlagsFromString("--no-flush-bytecode"); // else functions that were not called lately count as held
const collect = runInNewContext("gc") as () => void;

/** As close as two collections in a row have to come for the first to have dropped everything, in bytes. */
const SETTLED_BYTES = 1_000;
const MAX_COLLECTIONS = 50;

/**
 * Measures what a value holds: by how much the memory in use falls when nothing refers to it any more, on V8's heap and
 * outside it, in bytes.
 *
 * @param use is called while the value is held.
 */
export function heldMemory<T>(make: () => T, use: (value: T) => void): number {
  const kept = [make()];
  use(kept[0]!);
  const withIt = usedMemory();
  kept.pop();
  return withIt - usedMemory();
}

/** Collects until nothing falls any more: one collection leaves some of what the tests before dropped, which would count as held. */
function usedMemory(): number {
  let before = Number.POSITIVE_INFINITY;
  for (let count = 0; count < MAX_COLLECTIONS; count += 1) {
    collect();
    const { heapUsed, external } = process.memoryUsage();
    const used = heapUsed + external;
    if (before - used < SETTLED_BYTES) {
      return used;
    }
    before = used;
  }
  throw new Error(`the memory in use still fell after ${MAX_COLLECTIONS} collections`);
}
