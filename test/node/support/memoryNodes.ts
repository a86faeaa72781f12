import type { Hex } from "viem";
import type { OutputNodes } from "../../../machine/node/index.ts";

/** Stores a tree's nodes in memory, and counts reads. */
export function memoryNodes(): OutputNodes & { size(): number; reads(): number; resetReads(): void } {
  const nodes = new Map<string, Hex>();
  let reads = 0;
  return {
    get(level, index) {
      reads++;
      const hash = nodes.get(`${level}/${index}`);
      if (hash === undefined) {
        throw new Error(`node ${index} of level ${level} is not full`);
      }
      return hash;
    },
    put(level, index, hash) {
      nodes.set(`${level}/${index}`, hash);
    },
    size: () => nodes.size,
    reads: () => reads,
    resetReads: () => {
      reads = 0;
    },
  };
}
