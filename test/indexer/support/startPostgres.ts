import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { promisify } from "node:util";
import { hostTool } from "../../../machine/packages/index.ts";
import { postgresPrograms } from "./postgresPrograms.ts";

export interface Postgres {
  connectionString: string;
  stop(): Promise<void>;
}

const USER = "cartenix";
const READY = "database system is ready to accept connections";

/** Postgres refuses to run as root, and `initdb` as a user whom the host's `/etc/passwd` lacks. */
const AS_NOBODY = ["--user", "--map-user=65534", "--map-group=65534", "--"];

const ENVIRONMENT = { LC_ALL: "C", TZ: "GMT", PATH: "/usr/bin:/bin" };

const INITDB_OPTIONS = [
  ...[`--username=${USER}`, "--auth=trust", "--no-sync", "--no-instructions"],
  ...["--encoding=UTF8", "--locale=C"],
];

/** Postgres ends at once when the pipe to us closes, as it does however we exit. */
const SCRIPT = `{ read -r _ <&3; kill -QUIT $$; } >/dev/null 2>&1 &
exec "$@" 3<&-`;

/**
 * Starts an empty Postgres from Debian's packages on a Unix socket that only this user can reach. It ends with this process.
 *
 * @param settings of `postgresql.conf`.
 */
export async function startPostgres(settings: Readonly<Record<string, string>> = {}): Promise<Postgres> {
  const programs = await postgresPrograms();
  const unshare = await hostTool("unshare", "util-linux");
  const folder = await mkdtemp(join(tmpdir(), "cartenix-postgres-"));
  const data = join(folder, "data");
  const initdb = [join(programs, "initdb"), ...INITDB_OPTIONS, data];
  await promisify(execFile)(unshare, [...AS_NOBODY, ...initdb], { env: ENVIRONMENT });

  const all = { listen_addresses: "", unix_socket_directories: folder, jit: "off", ...settings };
  const options = Object.entries(all).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const postgres = [join(programs, "postgres"), "-D", data, ...options];
  const child = spawn(unshare, [...AS_NOBODY, "/bin/sh", "-c", SCRIPT, "postgres", ...postgres], {
    stdio: ["ignore", "ignore", "pipe", "pipe"],
    env: ENVIRONMENT,
  });
  await waitUntilReady(child);
  return {
    connectionString: `postgresql://${USER}@localhost/postgres?host=${encodeURIComponent(folder)}`,
    stop: async () => {
      const exited = once(child, "exit");
      child.stdio[3]!.destroy();
      await exited;
      await rm(folder, { recursive: true });
    },
  };
}

async function waitUntilReady(child: ChildProcess): Promise<void> {
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stderr as Readable })) {
    lines.push(line);
    if (line.includes(READY)) {
      child.stderr!.resume();
      return;
    }
  }
  throw new Error(`Postgres did not start: ${lines.join("\n")}`);
}
