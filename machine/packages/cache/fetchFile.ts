import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { cachePath } from "../../../support/index.ts";
import type { PinnedFile } from "../lock.ts";
import { DebianError, PinnedFileGoneError } from "../packagesErrors.ts";

const attempts = 4;
const firstPause = 500;
const millisecondsWithoutData = 60_000;

/**
 * Brings one pinned file into the cache and returns its place there.
 *
 * The content is checked against size and sha256 before the file gets its name; `onBytes` hears of each piece (a
 * number of bytes, negative when a failed attempt starts over).
 */
export async function fetchFile(
  mirror: () => Promise<string>,
  pinned: PinnedFile,
  onBytes: (count: number) => void,
): Promise<string> {
  const target = cachePath("debs", pinned.sha256);
  const known = await stat(target).catch(() => undefined);
  if (known?.size === pinned.size) {
    onBytes(pinned.size);
    return target;
  }
  await mkdir(dirname(target), { recursive: true });
  const address = `${await mirror()}/${pinned.path}`;
  for (let attempt = 1; ; attempt++) {
    const partial = `${target}.${process.pid}.${attempt}.part`;
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
      if (attempt === attempts) {
        throw new DebianError(`${pinned.path} could not be fetched from the mirror`, {
          details: describe(error),
          cause: error,
        });
      }
      await new Promise((resolve) => setTimeout(resolve, firstPause * 4 ** (attempt - 1)));
    }
  }
}

async function download(
  address: string,
  pinned: PinnedFile,
  file: string,
  onBytes: (count: number) => void,
): Promise<void> {
  const stalled = new AbortController();
  let timer = setTimeout(() => stalled.abort(new Error("no data for a minute")), millisecondsWithoutData);
  const hash = createHash("sha256");
  let received = 0;
  try {
    const response = await fetch(address, { signal: stalled.signal });
    if (response.status === 404 || response.status === 410) {
      await response.body?.cancel();
      throw new PinnedFileGoneError(pinned.name, pinned.version);
    }
    if (!response.ok || !response.body) {
      throw new Error(`HTTP ${response.status} ${response.statusText}`);
    }
    await pipeline(
      Readable.fromWeb(response.body),
      async function* (chunks: AsyncIterable<Uint8Array>) {
        for await (const chunk of chunks) {
          timer = timer.refresh();
          received += chunk.length;
          if (received > pinned.size) {
            throw new Error(`more than the ${pinned.size} bytes of its pin`);
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
    throw new Error(`cut off after ${received} of ${pinned.size} bytes`);
  }
  const digest = hash.digest("hex");
  if (digest !== pinned.sha256) {
    throw new DebianError(`the mirror's ${pinned.path} is not what is pinned`, {
      details: `sha256 ${digest}, pinned ${pinned.sha256}`,
      remedy: "another mirror in DEBIAN_MIRROR, or npm run template:lock",
    });
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
