import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import type { RpcClient } from "../rpc/client.ts";
import { decodeTrue } from "../rpc/decode.ts";
import type { ServerGroup } from "./serverGroup.ts";

const PATIENCE_MILLISECONDS = 5_000;

/** Asks one server of a group to end, and kills it where it does not answer. */
export async function endServer(rpc: RpcClient, group: ServerGroup, pid: number): Promise<void> {
  const polite = rpc.call("shutdown", [], decodeTrue).catch(() => undefined);
  const inTime = await Promise.race([polite, pause(PATIENCE_MILLISECONDS, undefined, { ref: false })]);
  rpc.close();
  if (!inTime && isMember(pid, group.pid)) process.kill(pid, "SIGKILL");
  await group.release();
}

/** A number that came from a server is killed only if the kernel says that it is one of the group. */
function isMember(pid: number, group: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const [, , processGroup] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return Number(processGroup) === group;
  } catch {
    return false;
  }
}
