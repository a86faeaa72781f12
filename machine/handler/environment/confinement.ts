import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Usage } from "./usage.ts";

const CGROUPS = "/sys/fs/cgroup";
const CONTROLLERS = "+memory +pids";
/** Nix probes for namespaces before it makes a sandbox, and the kernel frees the probed ones only a moment later. */
const USER_NAMESPACES_BETWEEN_BUILDS = 16;

/** The control group of Nix's daemon; each build has its own below it. */
export const BUILDS_CGROUP = `${CGROUPS}/nix`;

/** How many user namespaces the whole machine may have. */
export const USER_NAMESPACES_FILE = "/proc/sys/user/max_user_namespaces";

/** Undoes what the `confine` script restricts machine-wide, so that Nix can make the next sandbox. */
export function endConfinement(): void {
  writeFileSync(USER_NAMESPACES_FILE, String(USER_NAMESPACES_BETWEEN_BUILDS));
}

/** Must be called before Nix's daemon starts, since it starts in that group. */
export function createBuildsCgroup(): void {
  writeFileSync(`${CGROUPS}/cgroup.subtree_control`, CONTROLLERS);
  mkdirSync(BUILDS_CGROUP);
}

/** Allows limits below the daemon's group. Waits until the daemon has moved into a group below it. */
export async function limitBuildsCgroup(): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return writeFileSync(`${BUILDS_CGROUP}/cgroup.subtree_control`, CONTROLLERS);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EBUSY" || tries === 1000) {
        throw error;
      }
      await sleep(10);
    }
  }
}

/** How often builds ran into a limit that the kernel enforces. */
export function readLimitEvents(): Pick<Usage, "refusedProcesses" | "memoryKills"> {
  return {
    refusedProcesses: readEvent("pids.events", "max"),
    memoryKills: readEvent("memory.events", "oom_kill"),
  };
}

function readEvent(file: string, name: string): number {
  const text = readFileSync(`${BUILDS_CGROUP}/${file}`, "utf8");
  const [, count] = new RegExp(`^${name} (\\d+)$`, "m").exec(text) ?? [];
  if (count === undefined) {
    throw new Error(`${file} has no ${name}: ${text}`);
  }
  return Number(count);
}
