import { readFile } from "node:fs/promises";
import { HOST_PLATFORMS } from "./host/hostPlatform.ts";
import { DebianFormatError } from "./packagesErrors.ts";

/** A file of Debian's archive, pinned by its content. */
export interface PinnedFile {
  readonly name: string;
  readonly version: string;
  /** `all`, a machine architecture, or `source` for an upstream tarball. */
  readonly architecture: string;
  /** Its path below the mirror's root, `pool/…`. */
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

/** The locks whose files Nix expressions use: `pins.nix` turns each into a fixed output. */
export const SEED_LOCKS = ["seed", "sources"] as const;

/** The locks whose files end up in the machine, in the order in which the manifest lists them. */
export const IMAGE_LOCKS = ["kernel", "rootfs", ...SEED_LOCKS] as const;

const HOST_LOCKS = Object.values(HOST_PLATFORMS).flatMap(({ emulatorLock, toolboxLock, postgresLock }) => [
  emulatorLock,
  toolboxLock,
  postgresLock,
]);

/** Every lock of this repository. Each has a file in `lock/` and a request in `lock/requests/`. */
export const LOCK_NAMES = [...IMAGE_LOCKS, ...HOST_LOCKS] as const;

export type LockName = (typeof LOCK_NAMES)[number];

/** The folder of the lock files. */
export const LOCKS = new URL("lock/", import.meta.url);

const MAX_FILE_BYTES = 2 ** 32;

/**
 * Reads a lock file.
 *
 * @throws {DebianFormatError} when it is malformed.
 */
export async function readLock(name: LockName): Promise<Lock> {
  return parseLock(await readFile(new URL(`${name}.json`, LOCKS), "utf8"));
}

/**
 * Parses the text of a lock file.
 *
 * @throws {DebianFormatError} when it is malformed.
 */
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
  return { suite, files: files.map(toPinnedFile) };
}

/** Formats a lock so that equal pins have equal bytes: one line per file, sorted by name. */
export function formatLock(lock: Lock): string {
  const files = lock.files.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const lines = files.map((file) => `    ${JSON.stringify(toPinnedFile(file))}`);
  return `{\n  "suite": ${JSON.stringify(lock.suite)},\n  "files": [\n${lines.join(",\n")}\n  ]\n}\n`;
}

/**
 * Checks one entry of a lock or an index; its path may not leave the pool.
 *
 * @throws {DebianFormatError} when a field is missing or malformed.
 */
export function toPinnedFile(value: unknown): PinnedFile {
  const { name, version, architecture, path, sha256, size } = (value ?? {}) as Record<string, unknown>;
  const isValid =
    isText(name, /^[a-z0-9][a-z0-9+.-]*$/) &&
    isText(version, /^[A-Za-z0-9.+:~-]+$/) &&
    isText(architecture, /^[a-z0-9-]+$/) &&
    isText(path, /^pool\/[A-Za-z0-9/_.+:~%-]+$/) &&
    !path.split("/").includes("..") &&
    isText(sha256, /^[0-9a-f]{64}$/) &&
    Number.isSafeInteger(size) &&
    Number(size) > 0 &&
    Number(size) <= MAX_FILE_BYTES;
  if (!isValid) {
    throw new DebianFormatError("malformed entry of a pinned file", { details: describe(name, path) });
  }
  return { name, version, architecture, path, sha256, size: Number(size) };
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
