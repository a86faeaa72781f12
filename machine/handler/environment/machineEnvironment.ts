import { execFileSync, spawn } from "node:child_process";
import { existsSync, readdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { MAX_FILE_BYTES } from "../limits.ts";
import { usedHeapBytes } from "../memory/usedHeap.ts";
import { NixSession } from "../nixDaemon/index.ts";
import {
  BUILDS_CGROUP,
  createBuildsCgroup,
  endConfinement,
  limitBuildsCgroup,
  readLimitEvents,
} from "./confinement.ts";
import type { Environment, Space } from "./environment.ts";
import { formatNixConfig } from "./formatNixConfig.ts";
import type { Usage } from "./usage.ts";

/** The machine's time when a build begins, in seconds since 1970: 2025-01-01. */
const BUILD_START_SECONDS = 1_735_689_600;
const DAEMON_SOCKET = "/nix/var/nix/daemon-socket/socket";
/** Nix's pre-build hook, which the template's maker writes. */
const CONFINE_SCRIPT = "/opt/cartenix/confine";
const ULIMIT_BLOCK_BYTES = 512;
/** Of one process. The kernel's default, 1,024, is less than a build finds on most computers. */
const MAX_OPEN_FILES = 1_048_576;
const START_DAEMON_COMMAND = [
  `echo $$ > ${BUILDS_CGROUP}/cgroup.procs`,
  "ulimit -c 0",
  `ulimit -n ${MAX_OPEN_FILES}`,
  `ulimit -f ${MAX_FILE_BYTES / ULIMIT_BLOCK_BYTES}`,
  "exec /usr/bin/nix-daemon",
].join(" && ");
const STORE_FOLDER = "/nix/store";
/** Set after Nix's daemon has started, so that the daemon and its builds keep the default score. */
const OOM_SCORE_NEVER_KILLED = "-1000";
const SCRATCH_FOLDERS = ["/tmp", "/var/build"];

/** Starts Nix's daemon, which then serves for the whole life of the machine. */
export async function openMachineEnvironment(): Promise<Environment> {
  rmSync(DAEMON_SOCKET, { force: true });
  createBuildsCgroup();
  const daemon = spawn("/bin/sh", ["-c", START_DAEMON_COMMAND], {
    stdio: "ignore",
    env: {
      PATH: "/usr/bin",
      HOME: "/root",
      LC_ALL: "C",
      TZ: "UTC",
      NIX_CONFIG: formatNixConfig({ sandbox: true, "use-cgroups": true, "pre-build-hook": CONFINE_SCRIPT }),
    },
  });
  daemon.on("exit", (code) => {
    throw new Error(`nix-daemon exited with code ${code}`);
  });
  while (!existsSync(DAEMON_SOCKET)) {
    await sleep(10);
  }
  await limitBuildsCgroup();
  writeFileSync("/proc/self/oom_score_adj", OOM_SCORE_NEVER_KILLED);
  return {
    system: "riscv64-linux",
    nixVersion: nixVersion(),
    folder: "/var/lib/cartenix",
    storeFolder: STORE_FOLDER,
    logFolder: "/nix/var/log/nix",
    openSession: () => NixSession.open(DAEMON_SOCKET),
    usedHeap: usedHeapBytes,
    freeSpace,
    resetForBuild,
    measure,
  };
}

function nixVersion(): string {
  const output = execFileSync("/usr/bin/nix-store", ["--version"], { encoding: "utf8" });
  const [, version] = / (\d+(?:\.\d+)+)\n$/.exec(output) ?? [];
  if (version === undefined) {
    throw new Error(`nix-store --version printed no version: ${output}`);
  }
  return version;
}

function resetForBuild(): void {
  endConfinement();
  for (const folder of SCRATCH_FOLDERS) {
    for (const name of readdirSync(folder)) {
      rmSync(join(folder, name), { recursive: true });
    }
  }
  execFileSync("/usr/bin/date", ["-u", "-s", `@${BUILD_START_SECONDS}`], { stdio: "ignore" });
}

function freeSpace(): Space {
  const { bavail, bsize, ffree } = statfsSync(STORE_FOLDER);
  return { bytes: bavail * bsize, inodes: ffree };
}

function measure(): Usage {
  const { blocks, bfree, bsize, files, ffree } = statfsSync(STORE_FOLDER);
  return { diskBytes: (blocks - bfree) * bsize, files: files - ffree, ...readLimitEvents() };
}
