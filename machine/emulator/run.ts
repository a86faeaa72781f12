import { EmulatorProtocolError } from "./errors.ts";
import { readExitCode, readYield } from "./htif.ts";
import type { RpcClient } from "./rpc/client.ts";
import { decodeOneOf, decodeU64 } from "./rpc/decode.ts";
import type { RunOptions, RunResult } from "./types.ts";

/** About half a second of an ordinary workload. */
const DEFAULT_SLICE_CYCLES = 100_000_000n;
const MAX_CYCLE = (1n << 64n) - 1n;

const decodeBreakReason = decodeOneOf([
  "halted",
  "yielded_manually",
  "yielded_automatically",
  "reached_target_mcycle",
]);

/** Runs a machine slice by slice until it stops by itself or reaches its target. */
export async function run(rpc: RpcClient, options: RunOptions = {}): Promise<RunResult> {
  const { untilCycle = MAX_CYCLE, sliceCycles = DEFAULT_SLICE_CYCLES, onProgress, signal } = options;
  let cycle = await readCycle(rpc);
  while (true) {
    signal?.throwIfAborted();
    const target = untilCycle - cycle > sliceCycles ? cycle + sliceCycles : untilCycle;
    if (target < cycle) return { kind: "reached-target" };
    const reason = await rpc.call("machine.run", [target], decodeBreakReason);
    const before = cycle;
    cycle = await readCycle(rpc);
    onProgress?.(cycle);
    switch (reason) {
      case "halted":
        return { kind: "halted", exitCode: await readExitCode(rpc) };
      case "yielded_manually":
        return readYield(rpc, "yielded-manual");
      case "yielded_automatically":
        return readYield(rpc, "yielded-automatic");
      case "reached_target_mcycle":
        if (cycle >= untilCycle) return { kind: "reached-target" };
        if (cycle <= before)
          throw new EmulatorProtocolError("machine.run", `it stands still at cycle ${cycle}`);
    }
  }
}

export function readCycle(rpc: RpcClient): Promise<bigint> {
  return rpc.call("machine.read_reg", ["mcycle"], decodeU64);
}
