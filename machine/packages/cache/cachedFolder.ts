import { createHash } from "node:crypto";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { dirname, relative } from "node:path";
import { cachePath, type Progress, silentProgress } from "../../../support/index.ts";
import { withProcessLock } from "./withProcessLock.ts";

/** A folder that is made once from its inputs and then kept in the cache. */
export interface CachedFolder {
  /** What kind of thing it is: the folder above it in the cache. */
  readonly name: string;
  /** All that its content depends on, as a value that JSON can print; the same value names the same folder. */
  readonly inputs: unknown;
  /** Fills the empty folder; called only when the cache has none for these inputs. */
  make(folder: string): Promise<void>;
  /** Hears that we wait for another process that is making the same folder. */
  readonly progress?: Progress;
}

const millisecondsBetweenUpdates = 1_000;

/**
 * The path of the cached folder for these inputs, which is made first where it is missing.
 *
 * A folder appears under its name only when it is complete, so an interrupted run leaves nothing that a later one
 * takes for whole, and of two processes at once one makes it and the other waits.
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

/** Names a file that another stage left in the cache: what is in it follows from its folder's name. */
export function stageInput(file: string): string {
  return relative(cachePath(), file);
}

/** The name of a set of inputs: 32 hex digits, the same for equal values whatever the order of their keys. */
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
    const tell = () => stage.update("another process is making it: waiting");
    const timer = setInterval(tell, millisecondsBetweenUpdates);
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
