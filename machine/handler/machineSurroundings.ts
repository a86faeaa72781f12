import { execFileSync, spawn } from "node:child_process";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { NixSession } from "./daemon/index.ts";
import { nixConfig } from "./nixConfig.ts";
import type { Surroundings } from "./state.ts";

/** Seconds since 1970 at which the clock stands when a build begins: 2025-01-01. */
const START_OF_TIME = 1_735_689_600;
const DAEMON_SOCKET = "/nix/var/nix/daemon-socket/socket";
const SCRATCH_FOLDERS = ["/tmp", "/var/build"];

/** The machine itself: starts Nix's daemon in it, which then is ready for the whole life of the machine. */
export async function enterMachine(): Promise<Surroundings> {
  rmSync(DAEMON_SOCKET, { force: true });
  const daemon = spawn("/usr/bin/nix-daemon", [], {
    stdio: "ignore",
    env: {
      PATH: "/usr/bin",
      HOME: "/root",
      LC_ALL: "C",
      TZ: "UTC",
      NIX_CONFIG: nixConfig({ sandbox: true }),
    },
  });
  daemon.on("exit", (code) => {
    throw new Error(`nix-daemon ended with exit code ${code}`);
  });
  while (!existsSync(DAEMON_SOCKET)) await sleep(10);
  return {
    system: "riscv64-linux",
    nixVersion: nixVersion(),
    folder: "/var/lib/cartenix",
    logFolder: "/nix/var/log/nix",
    openSession: () => NixSession.open(DAEMON_SOCKET),
    resetForBuild,
  };
}

function nixVersion(): string {
  const said = execFileSync("/usr/bin/nix-store", ["--version"], { encoding: "utf8" });
  const [, version] = / (\d+(?:\.\d+)+)\n$/.exec(said) ?? [];
  if (version === undefined) throw new Error(`nix-store tells no version: ${said}`);
  return version;
}

function resetForBuild(): void {
  for (const folder of SCRATCH_FOLDERS)
    for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
  execFileSync("/usr/bin/date", ["-u", "-s", `@${START_OF_TIME}`], { stdio: "ignore" });
}
