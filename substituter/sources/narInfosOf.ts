import { readAtMost } from "../../client/index.ts";
import { STORE_DIR } from "../../nix/index.ts";
import { MAX_NAR_INFO_BYTES, type NarInfo } from "../narInfo/narInfo.ts";
import { parseNarInfo } from "../narInfo/parseNarInfo.ts";
import { NarInfoFormatError } from "../substituterErrors.ts";
import { request, requireOk } from "./cacheRequests.ts";

/** Asks a cache what it says of the store path with these 32 characters: `undefined` if nothing. */
export type FindNarInfo = (hashPart: string, signal: AbortSignal) => Promise<NarInfo | undefined>;

/**
 * What the binary cache at an address says of store paths.
 *
 * @returns a function that throws a `SourceError` when the cache does not work, and a `NarInfoFormatError` when its answer is malformed.
 */
export function narInfosOf(cacheUrl: string): FindNarInfo {
  const base = cacheUrl.endsWith("/") ? cacheUrl : `${cacheUrl}/`;
  return async (hashPart, signal) => {
    const url = `${base}${hashPart}.narinfo`;
    const response = await request(url, signal);
    // S3 answers 403 for what it does not have and may not list
    if (response.status === 404 || response.status === 403) {
      await response.body?.cancel();
      return undefined;
    }
    requireOk(response, url);
    const bytes = await readAtMost(response, MAX_NAR_INFO_BYTES);
    const info = parseNarInfo(new TextDecoder().decode(bytes));
    if (!info.storePath.startsWith(`${STORE_DIR}/${hashPart}-`)) {
      throw new NarInfoFormatError(`it is that of another path, ${info.storePath}`);
    }
    return info;
  };
}
