import { NixFormatError } from "../../nix/index.ts";
import type { NarInfo } from "../narInfo/narInfo.ts";
import { ShortMemory } from "../shortMemory.ts";
import { SourceError } from "../substituterErrors.ts";
import type { FindNarInfo } from "./narInfosOf.ts";

const MAX_AGE_MS = 30_000;
const MAX_ENTRIES = 20_000;
/** A cache may not answer for so long. */
const TIMEOUT_MS = 10_000;
/** How long a cache that does not work is left alone. */
const REST_MS = 15_000;

interface RememberOptions {
  findNarInfo: FindNarInfo;
  /** Ends all requests. */
  signal: AbortSignal;
  /** Is told each failure once. */
  onError: (error: Error) => void;
}

/**
 * What a cache says, remembered for half a minute, so that a narinfo and its NAR ask once. A cache that does not work is left alone for a
 * while: it must not slow down every request.
 */
export function rememberNarInfos(
  cacheUrl: string,
  { findNarInfo, signal, onError }: RememberOptions,
): (hashPart: string) => Promise<NarInfo | undefined> {
  const answers = new ShortMemory<Promise<NarInfo | undefined>>({
    maxAgeMs: MAX_AGE_MS,
    maxEntries: MAX_ENTRIES,
  });
  let restsUntil = 0;
  return (hashPart) => {
    const known = answers.get(hashPart);
    if (known !== undefined) {
      return known;
    }
    if (performance.now() < restsUntil) {
      return Promise.reject(new SourceError(`${cacheUrl} did not work a moment ago`));
    }
    const within = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
    const answer = findNarInfo(hashPart, within).catch((error: Error) => {
      answers.delete(hashPart);
      onError(error);
      if (!(error instanceof NixFormatError)) {
        restsUntil = performance.now() + REST_MS;
      }
      throw error;
    });
    answers.set(hashPart, answer);
    return answer;
  };
}
