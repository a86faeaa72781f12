import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from "node:fs";
import type { NarChunk } from "./narChunk.ts";
import { changedError, errorBelow } from "./readErrors.ts";

const OWNER_MAY_EXECUTE = 0o100;
/** A file that was replaced by a symlink or a pipe since its folder was read must neither be followed nor waited for. */
const OPEN_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** A file that is being read. */
export class FileContents {
  readonly #path: Buffer;
  readonly #file: number;
  readonly #stats: Stats;
  #missing: number;

  /**
   * @throws {PathChangedError} when it is no file any more.
   * @throws {UnreadablePathError} when it may not be read.
   */
  constructor(path: Buffer) {
    this.#path = path;
    this.#file = this.#trying(() => openSync(path, OPEN_FLAGS));
    this.#stats = fstatSync(this.#file);
    this.#missing = this.size;
    if (!this.#stats.isFile()) {
      this.close();
      throw changedError(path);
    }
  }

  get size(): number {
    return this.#stats.size;
  }

  get executable(): boolean {
    return (this.#stats.mode & OWNER_MAY_EXECUTE) !== 0;
  }

  /**
   * Reads as much as there is room for.
   *
   * @returns whether that was the rest.
   * @throws {PathChangedError} when the file is not what it was when it was opened.
   */
  readInto(chunk: NarChunk): boolean {
    while (this.#missing > 0 && chunk.room > 0) {
      const wanted = Math.min(this.#missing, chunk.room);
      const count = this.#trying(() => readSync(this.#file, chunk.bytes, chunk.length, wanted, null));
      if (count === 0) {
        throw changedError(this.#path);
      }
      chunk.length += count;
      this.#missing -= count;
    }
    if (this.#missing === 0) {
      this.#checkUnchanged();
    }
    return this.#missing === 0;
  }

  close(): void {
    closeSync(this.#file);
  }

  #checkUnchanged(): void {
    const { size, mtimeMs } = fstatSync(this.#file);
    // not ctime: a hard link that Nix's optimiser makes changes it
    if (size !== this.#stats.size || mtimeMs !== this.#stats.mtimeMs) {
      throw changedError(this.#path);
    }
  }

  #trying<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      throw errorBelow(this.#path, error);
    }
  }
}
