import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

// V8 makes the function for contexts that are created while the flag is set.
setFlagsFromString("--expose-gc");
const collectHeap = runInNewContext("gc") as () => void;
setFlagsFromString("--no-expose-gc");

/**
 * Bytes in use on V8's heap. Up to `limit` garbage may be among them; only beyond it is collected first, since that takes a
 * hundred million cycles in the machine.
 */
export function usedHeapBytes(limit: number): number {
  const used = getHeapStatistics().used_heap_size;
  if (used <= limit) {
    return used;
  }
  collectHeap();
  return getHeapStatistics().used_heap_size;
}
