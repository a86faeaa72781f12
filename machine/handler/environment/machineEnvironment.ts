import { execFileSync, spawn } from "node:child_process";
import { existsSync, readdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { MAX_FILE_BYTES } from "../limits.ts";
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

/** Seconds since 1970 at which the clock stands when a build begins: 2025-01-01. */
const START_OF_TIME = 1_735_689_600;
const DAEMON_SOCKET = "/nix/var/nix/daemon-socket/socket";
/** Nix runs it before each build: see `confineScript`. */
const CONFINE = "/opt/cartenix/confine";
const ULIMIT_BLOCK = 512;
const START_DAEMON = [
  `echo $$ > ${BUILDS_CGROUP}/cgroup.procs`,
  "ulimit -c 0",
  `ulimit -f ${MAX_FILE_BYTES / ULIMIT_BLOCK}`,
  "exec /usr/bin/nix-daemon",
].join(" && ");
const STORE_FOLDER = "/nix/store";
/** What the handler starts has the usual score: it is set when Nix's daemon runs already. */
const NEVER_KILLED = "-1000";
const SCRATCH_FOLDERS = ["/tmp", "/var/build"];

/** The machine itself: starts Nix's daemon in it, which then is ready for the whole life of the machine. */
export async function openMachineEnvironment(): Promise<Environment> {
  rmSync(DAEMON_SOCKET, { force: true });
  createBuildsCgroup();
  const daemon = spawn("/bin/sh", ["-c", START_DAEMON], {
    stdio: "ignore",
    env: {
      PATH: "/usr/bin",
      HOME: "/root",
      LC_ALL: "C",
      TZ: "UTC",
      NIX_CONFIG: formatNixConfig({ sandbox: true, "use-cgroups": true, "pre-build-hook": CONFINE }),
    },
  });
  daemon.on("exit", (code) => {
    throw new Error(`nix-daemon ended with exit code ${code}`);
  });
  while (!existsSync(DAEMON_SOCKET)) {
    await sleep(10);
  }
  await limitBuildsCgroup();
  writeFileSync("/proc/self/oom_score_adj", NEVER_KILLED);
  return {
    system: "riscv64-linux",
    nixVersion: nixVersion(),
    folder: "/var/lib/cartenix",
    storeFolder: STORE_FOLDER,
    logFolder: "/nix/var/log/nix",
    openSession: () => NixSession.open(DAEMON_SOCKET),
    freeSpace,
    resetForBuild,
    measure,
  };
}

function nixVersion(): string {
  const said = execFileSync("/usr/bin/nix-store", ["--version"], { encoding: "utf8" });
  const [, version] = / (\d+(?:\.\d+)+)\n$/.exec(said) ?? [];
  if (version === undefined) {
    throw new Error(`nix-store tells no version: ${said}`);
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
  execFileSync("/usr/bin/date", ["-u", "-s", `@${START_OF_TIME}`], { stdio: "ignore" });
}

function freeSpace(): Space {
  const { bavail, bsize, ffree } = statfsSync(STORE_FOLDER);
  return { bytes: bavail * bsize, inodes: ffree };
}

function measure(): Usage {
  const { blocks, bfree, bsize, files, ffree } = statfsSync(STORE_FOLDER);
  return { diskBytes: (blocks - bfree) * bsize, files: files - ffree, ...readLimitEvents() };
}
