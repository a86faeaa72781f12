import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from "node:fs";
import { join } from "node:path";

/** A small file system that only processes started with `prefix` see. */
export interface SmallDisk extends AsyncDisposable {
  /** Its path for those processes. */
  path: string;
  prefix: string[];
  /** Its path for this process. */
  seenFromHere: string;
  /** Fills it until only `leave` bytes are free. */
  fill(leave?: number): void;
  /** Frees the space that `fill` used. */
  clear(): void;
}

const CHUNK_BYTES = 4_096;
const MAX_CHUNK_BYTES = 1024 * 1024;

/** Mounts a small tmpfs in a user and mount namespace, which needs no privileges. */
export async function mountSmallDisk(path: string, bytes: number): Promise<SmallDisk> {
  mkdirSync(path, { recursive: true });
  const holder = spawn(
    "unshare",
    [
      "-Urm",
      "sh",
      "-c",
      'mount -t tmpfs -o "size=$2" tmpfs "$1" && echo mounted && exec sleep 600',
      "sh",
      path,
      `${bytes}`,
    ],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  let stderr = "";
  holder.stderr.on("data", (text) => {
    stderr += text;
  });
  const mounted = await Promise.race([
    once(holder.stdout, "data").then(() => true),
    once(holder, "exit").then(() => false),
  ]);
  if (!mounted) {
    throw new Error(`the small disk for this test cannot be mounted: ${stderr}`);
  }
  const seenFromHere = `/proc/${holder.pid}/root${path}`;
  const filler = join(seenFromHere, "filler");
  return {
    path,
    prefix: ["nsenter", "-t", `${holder.pid}`, "-U", "-m", "--preserve-credentials"],
    seenFromHere,
    fill(leave = 0) {
      const file = openSync(filler, "a");
      const free = () => {
        const { bavail, bsize } = statfsSync(seenFromHere);
        return bavail * bsize;
      };
      for (let room = free() - leave; room > 0; room = free() - leave) {
        writeSync(file, new Uint8Array(Math.max(CHUNK_BYTES, Math.min(room, MAX_CHUNK_BYTES))));
      }
      closeSync(file);
    },
    clear: () => rmSync(filler, { force: true }),
    async [Symbol.asyncDispose]() {
      holder.kill("SIGKILL");
      if (holder.exitCode === null && holder.signalCode === null) {
        await once(holder, "exit");
      }
    },
  };
}
