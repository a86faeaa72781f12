import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { BenchError } from "../../benchError.ts";
import type { ScaleChain } from "../chain/startScaleChain.ts";

export interface RawReading {
  seconds: number;
  logs: number;
  outputs: number;
  references: number;
  cpuMs: number;
}

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));

/** Reads what the indexer indexes with `eth_getLogs` alone, decodes it with viem and keeps nothing, in a process of its own. */
export async function readRaw({ rpcUrl, tip }: ScaleChain): Promise<RawReading> {
  const startedAt = performance.now();
  const child = fork(MAIN, [rpcUrl, String(tip)]);
  const [reading] = (await Promise.race([once(child, "message"), once(child, "exit")])) as [unknown];
  if (typeof reading !== "object" || reading === null) {
    throw new BenchError("raw reading failed");
  }
  return { ...(reading as Omit<RawReading, "seconds">), seconds: (performance.now() - startedAt) / 1e3 };
}
