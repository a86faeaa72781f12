import { readAtMost } from "../../client/index.ts";
import { type Compression, decompress, isKnownCompression } from "../../client/store/index.ts";
import { STORE_DIR } from "../../nix/index.ts";
import type { AcceptedOutput } from "../acceptedOutput.ts";
import { MAX_NAR_INFO_BYTES, type NarInfo } from "../narInfo/narInfo.ts";
import { parseNarInfo } from "../narInfo/parseNarInfo.ts";
import { SourceError } from "../substituterErrors.ts";
import type { NarSource } from "./narSource.ts";

/**
 * The NARs of a binary cache, such as `https://cache.nixos.org`. Only what it says of the accepted content is used: the file's place,
 * compression, and signatures.
 */
export function cacheNars(cacheUrl: string): NarSource {
  const base = cacheUrl.endsWith("/") ? cacheUrl : `${cacheUrl}/`;
  return {
    name: cacheUrl,
    async find(output, signal) {
      const info = await fetchNarInfo(base, output.storePath, signal);
      if (info === undefined || !isSameContent(info, output) || !isKnownCompression(info.compression)) {
        return undefined;
      }
      const { compression } = info;
      const file = fileUrl(base, info.url);
      return {
        signatures: info.signatures,
        open: (openSignal) => fetchNar(file, compression, openSignal),
      };
    },
  };
}

async function fetchNarInfo(
  base: string,
  storePath: string,
  signal: AbortSignal,
): Promise<NarInfo | undefined> {
  const url = `${base}${storePath.slice(STORE_DIR.length + 1).slice(0, 32)}.narinfo`;
  const response = await request(url, signal);
  // S3 answers 403 for what it does not have and may not list
  if (response.status === 404 || response.status === 403) {
    await response.body?.cancel();
    return undefined;
  }
  requireOk(response, url);
  const bytes = await readAtMost(response, MAX_NAR_INFO_BYTES);
  return parseNarInfo(new TextDecoder().decode(bytes));
}

function isSameContent(info: NarInfo, output: AcceptedOutput): boolean {
  return (
    info.storePath === output.storePath &&
    info.narSize === output.narSize &&
    Buffer.from(info.narHash).equals(output.narHash) &&
    info.references.join() === output.references.join()
  );
}

/** A cache names files of its own: it must not send us elsewhere, such as to an address inside our network. */
function fileUrl(base: string, path: string): string {
  const url = new URL(path, base);
  if (!url.href.startsWith(new URL(base).href)) {
    throw new SourceError(`the cache ${base} names a file outside of it`, {
      details: JSON.stringify(path.slice(0, 200)),
    });
  }
  return url.href;
}

async function* fetchNar(
  url: string,
  compression: Compression,
  signal: AbortSignal,
): AsyncIterable<Uint8Array> {
  const response = await request(url, signal);
  requireOk(response, url);
  if (response.body === null) {
    throw new SourceError(`${url} is empty`);
  }
  yield* decompress(response.body, compression);
}

async function request(url: string, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, { signal, redirect: "follow" });
  } catch (cause) {
    throw new SourceError(`no answer from ${url}`, {
      cause,
      details: String((cause as Error).cause ?? cause),
    });
  }
}

function requireOk(response: Response, url: string): void {
  if (!response.ok) {
    throw new SourceError(`${url} answers HTTP ${response.status}`);
  }
}
