import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { encodeNar, formatSha256Sri, narHash } from "../../../nix/index.ts";
import type { Progress } from "../../../support/index.ts";
import {
  DebianError,
  fetchPinned,
  LOCKS,
  type Lock,
  makeScratchFolder,
  readLock,
  unpackDebs,
} from "../../packages/index.ts";

/** Writes `lock/busybox.json`: the hash of busybox.nix's output for the package that `lock/seed.json` pins. */
export async function pinBusybox({ progress }: { progress: Progress }): Promise<void> {
  const narHash = await hashOfBusybox(await readLock("seed"), progress);
  await writeFile(new URL("busybox.json", LOCKS), `${JSON.stringify({ narHash })}\n`);
}

/**
 * The NAR hash of a folder with the `bin/busybox` of a lock's busybox-static, as `sha256-…`.
 *
 * @throws {DebianError} when the lock does not pin busybox-static.
 */
export async function hashOfBusybox(lock: Lock, progress: Progress): Promise<string> {
  const pinned = lock.files.find(({ name }) => name === "busybox-static");
  if (pinned === undefined) {
    throw new DebianError("the seed's lock does not pin busybox-static", {
      remedy: "add it to machine/packages/lock/requests/seed.json and run npm run template:lock",
    });
  }
  const [fetched] = await fetchPinned([pinned], { progress, name: "busybox" });
  await using folder = makeScratchFolder("busybox");
  await unpackDebs([fetched!], folder.path);
  const contents = await readFile(join(folder.path, "usr/bin/busybox"));
  const busybox = { kind: "regular", executable: true, contents } as const;
  const bin = { kind: "directory", entries: [{ name: bytes("busybox"), node: busybox }] } as const;
  const nar = encodeNar({ kind: "directory", entries: [{ name: bytes("bin"), node: bin }] });
  return formatSha256Sri(narHash(nar).sha256);
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
