import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, mkdir, open, readdir, rename, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { formatBase32 } from "../nix/index.ts";
import type { AcceptedOutput } from "./acceptedOutput.ts";
import { checkedNar } from "./checkedNar.ts";
import { narInfoFingerprint } from "./narInfo/formatNarInfo.ts";
import { WrongNarError } from "./substituterErrors.ts";

/** NARs on disk that were checked before they got their names. */
export interface NarFiles {
  has(output: AcceptedOutput): Promise<boolean>;
  /** Keeps the NAR if it is the output's, and nothing otherwise. */
  add(output: AcceptedOutput, nar: AsyncIterable<Uint8Array>, from: string): Promise<void>;
  /** Passes on a checked NAR, and keeps it if all of it was read. What cannot be written is passed on nevertheless. */
  addWhileRead(output: AcceptedOutput, checked: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
  read(output: AcceptedOutput): AsyncIterable<Uint8Array>;
}

const PARTIAL = ".partial";
const READ_BYTES = 256 * 1024;
const WRITE_BYTES = 1024 * 1024;

/**
 * Opens a folder of NARs.
 *
 * @param maxBytes When the files are longer than this together, those that were read least recently go.
 */
export async function openNarFiles(folder: string, { maxBytes }: { maxBytes: number }): Promise<NarFiles> {
  await mkdir(folder, { recursive: true });
  const left = (await readdir(folder)).filter((name) => name.endsWith(PARTIAL));
  await Promise.all(left.map((name) => rm(join(folder, name), { force: true })));
  const partialFile = () => join(folder, `${randomUUID()}${PARTIAL}`);
  const fileOf = (output: AcceptedOutput) => join(folder, nameOf(output));
  return {
    async has(output) {
      const found = await stat(fileOf(output)).catch(() => undefined);
      return found?.size === output.narSize;
    },
    async add(output, nar, from) {
      if (output.narSize > maxBytes) {
        throw new WrongNarError(
          `the NAR of ${output.storePath} has ${output.narSize} bytes, and at most ${maxBytes} are kept`,
        );
      }
      const partial = partialFile();
      try {
        await write(
          partial,
          checkedNar(output, nar, () => from),
        );
        await rename(partial, fileOf(output));
      } catch (error) {
        await rm(partial, { force: true });
        throw error;
      }
      await dropOldest(folder, maxBytes);
    },
    async *addWhileRead(output, checked) {
      if (output.narSize > maxBytes) {
        yield* checked;
        return;
      }
      const partial = partialFile();
      const writer = new BackgroundWriter(partial);
      try {
        for await (const piece of checked) {
          await writer.write(piece);
          yield piece;
        }
        if (await writer.end()) {
          await rename(partial, fileOf(output));
          await dropOldest(folder, maxBytes);
        }
      } finally {
        await writer.end();
        await rm(partial, { force: true });
      }
    },
    async *read(output) {
      const file = fileOf(output);
      const now = new Date();
      await utimes(file, now, now).catch(() => {});
      yield* createReadStream(file, { highWaterMark: READ_BYTES });
    },
  };
}

/** What a file stands for: content that was compared with these references, too. */
function nameOf(output: AcceptedOutput): string {
  const digest = createHash("sha256").update(narInfoFingerprint(output)).digest();
  return `${formatBase32(digest)}.nar`;
}

async function write(path: string, nar: AsyncIterable<Uint8Array>): Promise<void> {
  const file = await open(path, "wx");
  try {
    for await (const piece of nar) {
      await file.write(piece);
    }
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Writes a file while others go on; gives up where that fails, such as on a full disk. */
class BackgroundWriter {
  readonly #file: Promise<FileHandle | undefined>;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #last: Promise<boolean>;
  #ended: Promise<boolean> | undefined;

  constructor(path: string) {
    this.#file = open(path, "wx").catch(() => undefined);
    this.#last = this.#file.then((file) => file !== undefined);
  }

  /** Waits for those before when enough pieces have gathered. */
  async write(piece: Uint8Array): Promise<void> {
    this.#waiting.push(piece);
    this.#waitingBytes += piece.length;
    if (this.#waitingBytes >= WRITE_BYTES) {
      await this.#flush();
    }
  }

  /** Whether everything was written. */
  end(): Promise<boolean> {
    this.#ended ??= this.#close();
    return this.#ended;
  }

  async #flush(): Promise<void> {
    const pieces = this.#waiting;
    const length = this.#waitingBytes;
    this.#waiting = [];
    this.#waitingBytes = 0;
    if ((await this.#last) && length > 0) {
      this.#last = this.#append(pieces, length);
    }
  }

  async #append(pieces: readonly Uint8Array[], length: number): Promise<boolean> {
    try {
      const { bytesWritten } = await (await this.#file)!.writev(pieces);
      return bytesWritten === length;
    } catch {
      return false;
    }
  }

  async #close(): Promise<boolean> {
    await this.#flush();
    const isWhole = await this.#last;
    const file = await this.#file;
    await file?.close().catch(() => {});
    return isWhole;
  }
}

async function dropOldest(folder: string, maxBytes: number): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".nar"));
  const files = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      const found = await stat(path).catch(() => undefined);
      return { path, size: found?.size ?? 0, time: found?.mtimeMs ?? 0 };
    }),
  );
  let total = files.reduce((sum, { size }) => sum + size, 0);
  const [, ...older] = files.toSorted((a, b) => b.time - a.time);
  for (const { path, size } of older.toReversed()) {
    if (total <= maxBytes) {
      return;
    }
    await rm(path, { force: true });
    total -= size;
  }
}
