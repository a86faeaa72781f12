import { createHash, randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { cachePath } from "../../../support/index.ts";
import type { PinnedFile } from "../lock.ts";
import { DebianError, PinnedFileGoneError } from "../packagesErrors.ts";
import { sha256OfFile } from "./sha256OfFile.ts";

const ATTEMPTS = 4;
const FIRST_PAUSE_MS = 500;
const STALLED_AFTER_MS = 60_000;

/**
 * Downloads one pinned file into the cache and returns its path there. It gets its name only after its size and sha256
 * have been checked. A file that the cache has is checked, too, and downloaded again if it has changed.
 *
 * @param onBytes is called with the size of each chunk, and with a negative number when a failed attempt starts over.
 * @throws {PinnedFileGoneError} when the mirror no longer has the file.
 * @throws {DebianError} when it cannot be downloaded, or differs from its pin.
 */
export async function fetchFile(
  mirror: () => Promise<string>,
  pinned: PinnedFile,
  onBytes: (count: number) => void,
): Promise<string> {
  const target = cachePath("debs", pinned.sha256);
  if (await isCached(target, pinned)) {
    onBytes(pinned.size);
    return target;
  }
  await mkdir(dirname(target), { recursive: true });
  const address = `${await mirror()}/${pinned.path}`;
  for (let attempt = 1; ; attempt++) {
    const partial = `${target}.${randomUUID()}.part`; // two stages may download the same file at the same time
    let received = 0;
    const count = (bytes: number) => {
      received += bytes;
      onBytes(bytes);
    };
    try {
      await download(address, pinned, partial, count);
      await rename(partial, target);
      return target;
    } catch (error) {
      await rm(partial, { force: true });
      onBytes(-received);
      if (error instanceof DebianError) {
        throw error;
      }
      if (attempt === ATTEMPTS) {
        throw new DebianError(`cannot download ${pinned.path} from the mirror`, {
          details: causeOf(error),
          cause: error,
        });
      }
      await new Promise((resolve) => setTimeout(resolve, FIRST_PAUSE_MS * 4 ** (attempt - 1)));
    }
  }
}

/** Whether the cache has the file. It is hashed each time: its name only says what it was when it was written. */
async function isCached(target: string, { size, sha256 }: PinnedFile): Promise<boolean> {
  const known = await stat(target).catch(() => undefined);
  return known?.size === size && (await sha256OfFile(target)) === sha256;
}

async function download(
  address: string,
  pinned: PinnedFile,
  file: string,
  onBytes: (count: number) => void,
): Promise<void> {
  const stalled = new AbortController();
  let timer = setTimeout(() => stalled.abort(new Error("no data for a minute")), STALLED_AFTER_MS);
  const hash = createHash("sha256");
  let received = 0;
  try {
    const response = await fetch(address, { signal: stalled.signal });
    if (response.status === 404 || response.status === 410) {
      await response.body?.cancel();
      throw new PinnedFileGoneError(pinned.name, pinned.version);
    }
    if (!response.ok || !response.body) {
      throw new Error(`HTTP status ${response.status} ${response.statusText}`);
    }
    await pipeline(
      Readable.fromWeb(response.body),
      async function* (chunks: AsyncIterable<Uint8Array>) {
        for await (const chunk of chunks) {
          timer = timer.refresh();
          received += chunk.length;
          if (received > pinned.size) {
            throw new Error(`more than the pinned ${pinned.size} bytes`);
          }
          hash.update(chunk);
          onBytes(chunk.length);
          yield chunk;
        }
      },
      createWriteStream(file),
    );
  } finally {
    clearTimeout(timer);
  }
  if (received < pinned.size) {
    throw new Error(`truncated after ${received} of ${pinned.size} bytes`);
  }
  const digest = hash.digest("hex");
  if (digest !== pinned.sha256) {
    throw new DebianError(`the mirror's ${pinned.path} differs from its pin`, {
      details: `sha256 ${digest}, pinned ${pinned.sha256}`,
      remedy: "set DEBIAN_MIRROR to another mirror, or pin the current versions: npm run template:lock",
    });
  }
}

function causeOf(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
