import { compareStorePaths, parseStorePath, STORE_DIR } from "../../../nix/index.ts";
import type { ReadOptions } from "../nar/streamPathNar.ts";
import type { LocalPath } from "./localPath.ts";
import { queryNix } from "./queryNix.ts";
import { scanClosure } from "./scanClosure.ts";

export interface LocalClosureOptions extends ReadOptions {
  /** Where the store is, if not at `/nix/store`; Nix is not asked about any other. */
  readonly storeFolder?: string;
}

/**
 * What these store paths refer to, directly or not, and they themselves: each after all that it refers to. Asks `nix-store` if there is
 * one; without Nix, each path is read for the hash parts of others that are in the store, as Nix does after a build.
 *
 * @throws {StorePathFormatError} for what is no store path.
 * @throws {NixQueryError} when this computer's Nix does not know a path.
 * @throws {UnreadablePathError} when a path is not in the store, or may not be read.
 * @throws {ClosureLimitError} when they are too many.
 *
 * @example
 * for (const { path, place, nar = await hashPath(place) } of await localClosure(["/nix/store/…-hello-2.12.1"])) {
 *   console.log(path, formatSha256Sri(nar.sha256));
 * }
 */
export async function localClosure(
  paths: readonly string[],
  { storeFolder = STORE_DIR, signal }: LocalClosureOptions = {},
): Promise<LocalPath[]> {
  for (const path of paths) {
    parseStorePath(path);
  }
  signal?.throwIfAborted();
  const asked = storeFolder === STORE_DIR ? await queryNix(paths, { signal }) : undefined;
  return inOrder(asked ?? (await scanClosure(paths, storeFolder, { signal })));
}

/** References first. Where hostile content makes paths refer to each other, one of them comes before the other. */
function inOrder(closure: ReadonlyMap<string, LocalPath>): LocalPath[] {
  const ordered = new Set<LocalPath>();
  const entered = new Set<string>();
  for (const root of [...closure.keys()].sort(compareStorePaths)) {
    const open = [root];
    for (let path = open.at(-1); path !== undefined; path = open.at(-1)) {
      const local = closure.get(path)!;
      if (entered.has(path)) {
        ordered.add(local);
        open.pop();
      } else {
        entered.add(path);
        open.push(...local.references.filter((reference) => !entered.has(reference)).reverse());
      }
    }
  }
  return [...ordered];
}
