import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

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

function usedMemory(): number {
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
