import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { decodeTrue } from "../rpc/decoders.ts";
import type { RpcClient } from "../rpc/rpcClient.ts";
import type { ServerGroup } from "./serverGroup.ts";

const SHUTDOWN_TIMEOUT_MS = 5_000;
const POLL_INTERVAL_MS = 5;

/**
 * Asks one server of a group to exit, kills it when it does not, and waits until it is gone, since until then it holds
 * the locks on its files.
 */
export async function endServer(rpc: RpcClient, group: ServerGroup, pid: number): Promise<void> {
  const deadline = performance.now() + SHUTDOWN_TIMEOUT_MS;
  const answer = rpc.call("shutdown", [], decodeTrue).catch(() => {});
  await Promise.race([answer, pause(SHUTDOWN_TIMEOUT_MS, undefined, { ref: false })]);
  rpc.close(); // the server exits only when its last connection is closed
  while (runsInGroup(pid, group.pid)) {
    if (performance.now() > deadline) {
      process.kill(pid, "SIGKILL");
    }
    await pause(POLL_INTERVAL_MS);
  }
  await group.release();
}

/** A process id that a server reported is killed only if the kernel confirms that it belongs to the group. */
function runsInGroup(pid: number, group: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const [state, , processGroup] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return Number(processGroup) === group && state !== "Z";
  } catch {
    return false;
  }
}
