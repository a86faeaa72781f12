import { readFile } from "node:fs/promises";
import { DebianFormatError } from "./packagesErrors.ts";

/** A file of Debian's archive, pinned by what it contains. */
export interface PinnedFile {
  readonly name: string;
  readonly version: string;
  /** `all`, a machine architecture, or `source` for an upstream tarball. */
  readonly architecture: string;
  /** The place below the mirror's root, `pool/…`. */
  readonly path: string;
  /** 64 lower-case hex digits. */
  readonly sha256: string;
  /** In bytes. */
  readonly size: number;
}

/** The content of one `machine/packages/lock/*.json`. */
export interface Lock {
  readonly suite: string;
  readonly files: readonly PinnedFile[];
}

const largestFile = 2 ** 32;

/** Checks one entry of a lock or an index. Throws {@link DebianFormatError}: a path may not leave the pool. */
export function pinnedFile(value: unknown): PinnedFile {
  const { name, version, architecture, path, sha256, size } = (value ?? {}) as Record<string, unknown>;
  const valid =
    isText(name, /^[a-z0-9][a-z0-9+.-]*$/) &&
    isText(version, /^[A-Za-z0-9.+:~-]+$/) &&
    isText(architecture, /^[a-z0-9-]+$/) &&
    isText(path, /^pool\/[A-Za-z0-9/_.+:~%-]+$/) &&
    !path.split("/").includes("..") &&
    isText(sha256, /^[0-9a-f]{64}$/) &&
    Number.isSafeInteger(size) &&
    Number(size) > 0 &&
    Number(size) <= largestFile;
  if (!valid) {
    throw new DebianFormatError("not a pinned file", { details: describe(name, path) });
  }
  return { name, version, architecture, path, sha256, size: Number(size) };
}

/** The locks of this repository, by what is made of their files. */
export type LockName = "emulator" | "kernel" | "rootfs" | "seed" | "sources" | "toolbox";

/** The folder of the lock files. */
export const LOCKS = new URL("lock/", import.meta.url);

/** Reads and checks a lock file. Throws {@link DebianFormatError}. */
export async function readLock(name: LockName): Promise<Lock> {
  return parseLock(await readFile(new URL(`${name}.json`, LOCKS), "utf8"));
}

/** Checks the text of a lock file. Throws {@link DebianFormatError}. */
export function parseLock(text: string): Lock {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new DebianFormatError("a lock file is not JSON");
  }
  const { suite, files } = (value ?? {}) as Record<string, unknown>;
  if (!isText(suite, /^[a-z0-9-]+$/) || !Array.isArray(files)) {
    throw new DebianFormatError("a lock file has no suite or no files");
  }
  return { suite, files: files.map(pinnedFile) };
}

/** Prints a lock so that the same pins give the same bytes: one line a file, sorted by name. */
export function formatLock(lock: Lock): string {
  const files = lock.files.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const lines = files.map((file) => `    ${JSON.stringify(pinnedFile(file))}`);
  return `{\n  "suite": ${JSON.stringify(lock.suite)},\n  "files": [\n${lines.join(",\n")}\n  ]\n}\n`;
}

function describe(name: unknown, path: unknown): string {
  const texts = [name, path].filter((value) => typeof value === "string");
  return texts.map((text) => JSON.stringify(text.slice(0, 150))).join(" at ");
}

function keyOf(file: PinnedFile): string {
  return `${file.name} ${file.architecture}`;
}

function isText(value: unknown, shape: RegExp): value is string {
  return typeof value === "string" && shape.test(value);
}
