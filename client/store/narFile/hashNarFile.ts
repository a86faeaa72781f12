import { type FileHandle, open } from "node:fs/promises";
import { NarFormatError, type NarHash, narHashAsync } from "../../../nix/index.ts";
import { CartenixError } from "../../../support/index.ts";
import { unreadableError } from "../nar/readErrors.ts";
import type { ReadOptions } from "../nar/streamPathNar.ts";
import { printPath } from "../printPath.ts";
import { DamagedNarError } from "../storeErrors.ts";
import { compressionOf, HEAD_BYTES } from "./compressionOf.ts";
import { decompress } from "./decompress.ts";

const READ_BYTES = 256 * 1024;

/**
 * The hash and size of the NAR in a file, plain or as Nix's caches compress it: xz, zstd, gzip, brotli (named `.br`). Memory does not
 * grow with the size.
 *
 * @throws {DamagedNarError} when it does not hold one whole canonical NAR.
 * @throws {UnreadablePathError} when it does not exist or may not be read.
 * @throws {UnsupportedCompressionError} for zstd under a Node that does not have it.
 *
 * @example
 * const { sha256, size } = await hashNarFile("1bn7…-hello.nar.xz", { signal });
 */
export async function hashNarFile(path: string, { signal }: ReadOptions = {}): Promise<NarHash> {
  signal?.throwIfAborted();
  const file = await open(path).catch((error: unknown) => {
    throw unreadableError(path, error);
  });
  try {
    const compression = compressionOf(path, await readHead(file));
    if (compression === undefined) {
      throw new DamagedNarError(
        `${printPath(path)} is neither a NAR nor one that is compressed in a known way`,
        {
          remedy: "download it again, or decompress it first",
        },
      );
    }
    const bytes = file.createReadStream({ start: 0, highWaterMark: READ_BYTES, autoClose: false, signal });
    return await narHashAsync(decompress(bytes, compression));
  } catch (error) {
    signal?.throwIfAborted();
    throw describe(path, error);
  } finally {
    await file.close();
  }
}

async function readHead(file: FileHandle): Promise<Uint8Array> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
  return buffer.subarray(0, bytesRead);
}

/** Anything but an error of the file system comes from the bytes, by the NAR's parser or a decompressor. */
function describe(path: string, error: unknown): Error {
  if (error instanceof CartenixError && !(error instanceof NarFormatError)) {
    return error;
  }
  if ((error as NodeJS.ErrnoException).syscall !== undefined) {
    return unreadableError(path, error);
  }
  return new DamagedNarError(`${printPath(path)} does not hold one whole NAR`, {
    cause: error,
    details: (error as Error).message,
    remedy: "download it again",
  });
}
