import { realpath } from "node:fs/promises";
import { join, resolve, sep } from "node:path";
import { type PathAtHand, printableText } from "../client/index.ts";
import { hashNarFile, hashPath, localClosure } from "../client/store/index.ts";
import { isStorePath, STORE_DIR } from "../nix/index.ts";
import { type Progress, UsageError } from "../support/index.ts";

export interface Reading {
  /** Where the store is. */
  readonly storeFolder: string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

const NAR_FILE = /\.nar(\.(xz|zst|gz|br))?$/;
const SHOW_MS = 200;

/** Hashes one file, folder or NAR, wherever it is, as if it were a store path. */
export async function hashAs(path: string, storePath: string, reading: Reading): Promise<PathAtHand> {
  const { signal } = reading;
  const isNar = NAR_FILE.test(path);
  const nar = await showing(reading.progress, "hash", async (show) => {
    show(printableText(path));
    return isNar ? hashNarFile(path, { signal }) : hashPath(path, { signal });
  });
  return { storePath, place: isNar ? undefined : path, references: [], nar };
}

/** Hashes store paths that are on this computer, and, if asked for, all that they refer to. */
export async function hashStorePaths(
  storePaths: readonly string[],
  isRecursive: boolean,
  reading: Reading,
): Promise<PathAtHand[]> {
  const { storeFolder, progress, signal } = reading;
  const locals = isRecursive
    ? await showing(progress, "find the closure", () => localClosure(storePaths, { storeFolder, signal }))
    : storePaths.map((path) => ({
        ...{ path, place: join(storeFolder, path.slice(STORE_DIR.length)) },
        ...{ references: [], nar: undefined },
      }));
  return showing(progress, "hash", async (show) => {
    const hashed: PathAtHand[] = [];
    for (const { path: storePath, place, references, nar } of locals) {
      show(`${hashed.length + 1} of ${locals.length}`);
      hashed.push({ storePath, place, references, nar: nar ?? (await hashPath(place, { signal })) });
    }
    return hashed;
  });
}

/**
 * The store path that a text names: as it is, or the one that a file or symlink such as `./result` leads to.
 *
 * @throws {UsageError} when it leads to none.
 */
export async function findStorePath(text: string, storeFolder: string): Promise<string> {
  if (isStorePath(text)) {
    return text;
  }
  const [real, folder] = await Promise.all([realpath(text), realpath(storeFolder)]).catch(
    (cause: NodeJS.ErrnoException) => {
      throw new UsageError(`cannot find ${printableText(text)}`, { cause, details: cause.code });
    },
  );
  const name = real.startsWith(folder + sep) ? real.slice(folder.length + 1).split(sep)[0]! : "";
  const storePath = `${STORE_DIR}/${name}`;
  if (!isStorePath(storePath)) {
    throw new UsageError(`${printableText(text)} is not in the store ${resolve(storeFolder)}`, {
      remedy: "say with --as which store path it should be",
    });
  }
  return storePath;
}

/** Shows that something takes its time, and how it ended. */
async function showing<Value>(
  progress: Progress,
  name: string,
  work: (show: (text: string) => void) => Promise<Value>,
): Promise<Value> {
  const stage = progress.stage(name);
  let text = "";
  const timer = setInterval(() => stage.update(text), SHOW_MS);
  try {
    const value = await work((latest) => {
      text = latest;
    });
    stage.done(text);
    return value;
  } catch (error) {
    stage.fail();
    throw error;
  } finally {
    clearInterval(timer);
  }
}
