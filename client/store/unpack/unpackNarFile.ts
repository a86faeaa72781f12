import { randomBytes } from "node:crypto";
import { closeSync, mkdirSync, openSync, readSync, symlinkSync, writeSync } from "node:fs";
import { lstat, rename, rm } from "node:fs/promises";
import { resolve } from "node:path";
import { setImmediate } from "node:timers/promises";
import { type NarEvent, NarFormatError, narEvents } from "../../../nix/index.ts";
import type { ReadOptions } from "../nar/streamPathNar.ts";
import { printPath } from "../printPath.ts";
import { DamagedNarError, OutputExistsError, UnwritablePathError } from "../storeErrors.ts";

const READ_BYTES = 256 * 1024;
/** What waits for the event loop, such as Ctrl-C, comes after so many entries or pieces. */
const EVENTS_AT_ONCE = 500;
const SLASH = Buffer.from("/");

/**
 * Unpacks a NAR, as plain `nix-store --restore` does. What it contains appears at once and as a whole, or not at all. Names cannot lead out of
 * the place, nothing is written through a symlink, and nothing that exists is overwritten.
 *
 * @param place must not exist.
 * @throws {OutputExistsError} when it does.
 * @throws {UnwritablePathError} when the place, or something in the NAR, cannot be written here.
 * @throws {DamagedNarError} when the file does not hold one whole canonical NAR.
 */
export async function unpackNarFile(
  file: string,
  place: string,
  { signal }: ReadOptions = {},
): Promise<void> {
  await requireNothingAt(place);
  const made = `${resolve(place)}.${randomBytes(6).toString("hex")}`;
  try {
    await writeTree(file, Buffer.from(made), signal);
    await requireNothingAt(place);
    await rename(made, place);
  } catch (error) {
    throw describe(error, place);
  } finally {
    await rm(made, { recursive: true, force: true });
  }
}

/** @throws {OutputExistsError} when there is something, were it a symlink to nowhere. */
export async function requireNothingAt(place: string): Promise<void> {
  const isThere = await lstat(place).then(
    () => true,
    () => false,
  );
  if (isThere) {
    throw new OutputExistsError(`${printPath(place)} exists`, {
      remedy: "remove it, or write to another place",
    });
  }
}

async function writeTree(file: string, root: Buffer, signal: AbortSignal | undefined): Promise<void> {
  const writer = new TreeWriter(root);
  const input = openSync(file, "r");
  let events = 0;
  try {
    for (const event of narEvents(chunksOf(input))) {
      writer.write(event);
      events += 1;
      if (events % EVENTS_AT_ONCE === 0) {
        await setImmediate();
        signal?.throwIfAborted();
      }
    }
  } finally {
    writer.close();
    closeSync(input);
  }
}

function* chunksOf(file: number): Generator<Uint8Array> {
  for (;;) {
    const chunk = Buffer.allocUnsafe(READ_BYTES);
    const length = readSync(file, chunk);
    if (length === 0) {
      return;
    }
    yield chunk.subarray(0, length);
  }
}

/** Everything is made anew: "wx" and the rest fail where something exists, as two names do that a file system takes for one. */
class TreeWriter {
  readonly #folders: Buffer[] = [];
  #path: Buffer;
  #file: number | undefined;
  #missing = 0;

  constructor(root: Buffer) {
    this.#path = root;
  }

  write(event: NarEvent): void {
    switch (event.kind) {
      case "directory":
        mkdirSync(this.#path);
        this.#folders.push(this.#path);
        break;
      case "entry":
        this.#path = Buffer.concat([this.#folders.at(-1)!, SLASH, event.name]);
        break;
      case "leave":
        this.#folders.pop();
        break;
      case "symlink":
        symlinkSync(Buffer.from(event.target), this.#path);
        break;
      case "regular":
        this.#file = openSync(this.#path, "wx", event.executable ? 0o777 : 0o666);
        this.#missing = event.size;
        this.#closeWhole();
        break;
      case "contents":
        this.#append(event.bytes);
        this.#closeWhole();
        break;
      default:
        event satisfies never;
    }
  }

  close(): void {
    if (this.#file !== undefined) {
      closeSync(this.#file);
      this.#file = undefined;
    }
  }

  #append(bytes: Uint8Array): void {
    for (let written = 0; written < bytes.length; ) {
      written += writeSync(this.#file!, bytes, written);
    }
    this.#missing -= bytes.length;
  }

  #closeWhole(): void {
    if (this.#missing === 0) {
      this.close();
    }
  }
}

function describe(error: unknown, place: string): unknown {
  if (error instanceof NarFormatError) {
    return new DamagedNarError("this is not one whole NAR", { cause: error, details: error.message });
  }
  const { syscall, code } = error as NodeJS.ErrnoException;
  return syscall === undefined
    ? error
    : new UnwritablePathError(`cannot write ${printPath(place)}`, {
        cause: error,
        details: `${syscall}: ${code}`,
      });
}
