import { createHash } from "node:crypto";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { dirname, relative } from "node:path";
import { cachePath, type Progress, silentProgress } from "../../../support/index.ts";
import { withProcessLock } from "./withProcessLock.ts";

/** A stage: a folder that is made once from its inputs and then kept in the cache. */
export interface CachedFolder {
  /** The stage's name: that of the folder's parent in the cache. */
  readonly name: string;
  /** Everything that its content depends on, as a value for JSON; equal values name the same folder. */
  readonly inputs: unknown;
  /** Fills the empty folder; called only when the cache has none for these inputs. */
  make(folder: string): Promise<void>;
  /** Shows when we wait for another process that is making the same folder. */
  readonly progress?: Progress;
}

const UPDATE_INTERVAL_MS = 1_000;

/**
 * The path of the cached folder for these inputs, which is made first when the cache lacks it.
 *
 * A folder gets its name only when it is complete, so an interrupted run leaves nothing that a later one mistakes for
 * a result. Of two processes at once, one makes the folder and the other waits.
 */
export async function cachedFolder({ name, inputs, make, progress }: CachedFolder): Promise<string> {
  const folder = cachePath(name, stageKey(inputs));
  if (await exists(folder)) {
    return folder;
  }
  const wait = showWaiting(name, progress ?? silentProgress);
  await withProcessLock(folder, wait.start, async () => {
    wait.end();
    if (await exists(folder)) {
      return;
    }
    const partial = `${folder}.part`;
    await mkdir(dirname(folder), { recursive: true });
    await rm(partial, { recursive: true, force: true });
    await mkdir(partial);
    try {
      await make(partial);
      await rename(partial, folder);
    } catch (error) {
      await rm(partial, { recursive: true, force: true });
      throw error;
    }
  });
  return folder;
}

/** Names a file of another stage as an input: its path in the cache, which its content follows from. */
export function stageInput(file: string): string {
  return relative(cachePath(), file);
}

/** The name of a set of inputs: 32 hex digits, independent of the order of keys. */
export function stageKey(inputs: unknown): string {
  return createHash("sha256").update(canonical(inputs)).digest("hex").slice(0, 32);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    part !== null && typeof part === "object" && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

function showWaiting(name: string, progress: Progress): { start(): void; end(): void } {
  let end = () => {};
  const start = () => {
    end();
    const stage = progress.stage(name);
    const tell = () => stage.update("waiting for another process that is making it");
    const timer = setInterval(tell, UPDATE_INTERVAL_MS);
    end = () => {
      clearInterval(timer);
      stage.done("waited for another process");
      end = () => {};
    };
  };
  return { start, end: () => end() };
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
