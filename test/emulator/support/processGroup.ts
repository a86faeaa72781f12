import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

/** The server's own process group, if a line of its log names it. */
export function groupInLog(line: string): number | undefined {
  const group = / pgid:(\d+) /.exec(line)?.[1];
  return group === undefined ? undefined : Number(group);
}

/** Ids of the processes of a group that still run. */
export function groupMembers(group: number): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
        const [state, , processGroup] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
        return Number(processGroup) === group && state !== "Z";
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** Waits until a group is empty, and returns what is left of it after five seconds. */
export async function remainingMembers(group: number): Promise<number[]> {
  const deadline = performance.now() + 5_000;
  while (groupMembers(group).length > 0 && performance.now() < deadline) {
    await pause(20);
  }
  return groupMembers(group);
}
