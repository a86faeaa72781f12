import { type Compression, decompress, isKnownCompression } from "../../client/store/index.ts";
import { STORE_DIR } from "../../nix/index.ts";
import type { AcceptedOutput } from "../acceptedOutput.ts";
import type { NarInfo } from "../narInfo/narInfo.ts";
import { SourceError } from "../substituterErrors.ts";
import { type FindNarInfo, narInfosOf } from "./narInfosOf.ts";
import type { NarSource } from "./narSource.ts";
import { openFile } from "./openFile.ts";

/**
 * The NARs of a binary cache, such as `https://cache.nixos.org`. Only what it says of the accepted content is used: the file's place,
 * compression, and signatures.
 *
 * @param findNarInfo asks the cache; by default each time anew.
 */
export function cacheNars(cacheUrl: string, findNarInfo: FindNarInfo = narInfosOf(cacheUrl)): NarSource {
  const base = cacheUrl.endsWith("/") ? cacheUrl : `${cacheUrl}/`;
  return {
    name: cacheUrl,
    async find(output, signal) {
      const info = await findNarInfo(hashPartOf(output.storePath), signal);
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

function hashPartOf(storePath: string): string {
  return storePath.slice(STORE_DIR.length + 1).slice(0, 32);
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
  yield* decompress(openFile(url, signal), compression);
}
