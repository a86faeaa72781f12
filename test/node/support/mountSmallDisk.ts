import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from "node:fs";
import { join } from "node:path";

/** A file system of its own, visible to processes that are started with `prefix`. */
export interface SmallDisk extends AsyncDisposable {
  /** Where those processes see it. */
  path: string;
  prefix: string[];
  /** Where we see it. */
  seenFromHere: string;
  /** Writes to it until only so many bytes are left. */
  fill(leave?: number): void;
  /** Makes the room again that `fill` took. */
  clear(): void;
}

const PIECE = 4_096;
const LARGE_PIECE = 1024 * 1024;

/** Mounts a small tmpfs in a user and mount namespace, for which no rights are needed. */
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
  let said = "";
  holder.stderr.on("data", (text) => {
    said += text;
  });
  const mounted = await Promise.race([
    once(holder.stdout, "data").then(() => true),
    once(holder, "exit").then(() => false),
  ]);
  if (!mounted) {
    throw new Error(`a small disk cannot be mounted, and without one a full disk cannot be tried: ${said}`);
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
        writeSync(file, new Uint8Array(Math.max(PIECE, Math.min(room, LARGE_PIECE))));
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
