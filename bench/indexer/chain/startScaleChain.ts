import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { BenchError } from "../../benchError.ts";

export interface ScaleChain {
  rpcUrl: string;
  /** The last block before {@link ScaleChain.goOn}. */
  tip: number;
  /** Adds the blocks with more conflicts. */
  goOn(): void;
  stop(): void;
}

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));

/**
 * Starts a chain in a process of its own that holds `outputs` recorded outputs. It is generated and only answers JSON-RPC: a real
 * chain takes hours to execute as many vouchers.
 */
export async function startScaleChain(outputs: number): Promise<ScaleChain> {
  const child = fork(MAIN, [String(outputs)], { execArgv: ["--max-old-space-size=8192"] });
  const [ready] = (await Promise.race([once(child, "message"), once(child, "exit")])) as [unknown];
  if (typeof ready !== "object" || ready === null) {
    throw new BenchError("the scale chain ended");
  }
  return {
    ...(ready as { rpcUrl: string; tip: number }),
    goOn: () => child.send("go on"),
    stop: () => child.disconnect(),
  };
}
