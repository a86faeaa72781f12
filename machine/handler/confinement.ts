import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { MAX_MEMORY_BYTES, MAX_PROCESSES } from "./limits.ts";
import type { Usage } from "./usage.ts";

const CGROUPS = "/sys/fs/cgroup";
const CONTROLLERS = "+memory +pids";
/** The one user that Nix builds as: `/etc/group` of the template has no other in `nixbld`. */
const BUILDER_UID = 30_001;

const USER_NAMESPACES = "/proc/sys/user/max_user_namespaces";
/** Nix tries out what it needs before it makes a sandbox; the kernel gives the ones it tried back a moment later. */
const NAMESPACES_BEFORE = 16;
/** The sandbox's own. */
const NAMESPACES_DURING = 1;

/** The control group of Nix's daemon; below it each build has one of its own. */
export const buildsCgroup = `${CGROUPS}/nix`;

/**
 * Nix's hook before each build, when the build's control group is there, below that of Nix, and nothing runs in it. What
 * passes the memory limit is ended with all of the build, so that none goes on with a part of its processes. No builder
 * makes a user namespace inside its own, in which it would be root and reach more of the kernel.
 */
export const confineScript = (parent: string) => `#!/bin/sh
set -e
cd ${parent}/nix-build-uid-${BUILDER_UID}
echo ${MAX_PROCESSES} > pids.max
echo ${MAX_MEMORY_BYTES} > memory.max
echo 1 > memory.oom.group
echo ${NAMESPACES_DURING} > ${USER_NAMESPACES}
`;

/** What `confineScript` took from the machine as a whole is given back, so that Nix can make the next sandbox. */
export function endConfinement(): void {
  writeFileSync(USER_NAMESPACES, String(NAMESPACES_BEFORE));
}

/** To be called before Nix's daemon starts, which is to start in that group. */
export function makeBuildsCgroup(): void {
  writeFileSync(`${CGROUPS}/cgroup.subtree_control`, CONTROLLERS);
  mkdirSync(buildsCgroup);
}

/** Lets limits be set below the daemon's group. It waits until the daemon has moved into a group below it. */
export async function limitBuildsCgroup(): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return writeFileSync(`${buildsCgroup}/cgroup.subtree_control`, CONTROLLERS);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EBUSY" || tries === 1000) {
        throw error;
      }
      await sleep(10);
    }
  }
}

/** How often the kernel refused builds something. */
export function readBuildsEvents(): Pick<Usage, "refusedProcesses" | "memoryKills"> {
  return {
    refusedProcesses: readEvent("pids.events", "max"),
    memoryKills: readEvent("memory.events", "oom_kill"),
  };
}

function readEvent(file: string, name: string): number {
  const text = readFileSync(`${buildsCgroup}/${file}`, "utf8");
  const [, count] = new RegExp(`^${name} (\\d+)$`, "m").exec(text) ?? [];
  if (count === undefined) {
    throw new Error(`${file} has no ${name}: ${text}`);
  }
  return Number(count);
}
