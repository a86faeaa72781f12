import { homedir } from "node:os";
import { join } from "node:path";

/**
 * A path in the cache that all checkouts share: `$CARTENIX_CACHE`, or `cartenix` in the user's cache folder.
 * Everything in it can be deleted, and is then made again.
 */
export function cachePath(...parts: string[]): string {
  const root =
    process.env.CARTENIX_CACHE || join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "cartenix");
  return join(root, ...parts);
}
