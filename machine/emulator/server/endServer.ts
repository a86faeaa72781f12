import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { decodeTrue } from "../rpc/decoders.ts";
import type { RpcClient } from "../rpc/rpcClient.ts";
import type { ServerGroup } from "./serverGroup.ts";

const PATIENCE_MILLISECONDS = 5_000;
const MILLISECONDS_BETWEEN_LOOKS = 5;

/**
 * Asks one server of a group to end, kills it where it does not, and waits until it is gone: until then it holds the
 * locks on its files.
 */
export async function endServer(rpc: RpcClient, group: ServerGroup, pid: number): Promise<void> {
  const deadline = performance.now() + PATIENCE_MILLISECONDS;
  const answer = rpc.call("shutdown", [], decodeTrue).catch(() => {});
  await Promise.race([answer, pause(PATIENCE_MILLISECONDS, undefined, { ref: false })]);
  rpc.close(); // it stays until its last connection is closed
  while (runsInGroup(pid, group.pid)) {
    if (performance.now() > deadline) {
      process.kill(pid, "SIGKILL");
    }
    await pause(MILLISECONDS_BETWEEN_LOOKS);
  }
  await group.release();
}

/** A number that came from a server is killed only if the kernel says that it is one of the group. */
function runsInGroup(pid: number, group: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const [state, , processGroup] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return Number(processGroup) === group && state !== "Z";
  } catch {
    return false;
  }
}
