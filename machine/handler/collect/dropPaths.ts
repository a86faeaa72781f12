import type { NixSession } from "../daemon/index.ts";
import { removeLog } from "../readLog.ts";
import type { State } from "../state.ts";

/** Deletes paths of which nothing is left that refers to them, and the logs of derivations among them. */
export async function dropPaths(
  paths: readonly string[],
  session: NixSession,
  { inventory, surroundings }: State,
): Promise<void> {
  await session.deletePaths(paths);
  inventory.remove(paths);
  for (const path of paths) {
    if (path.endsWith(".drv")) {
      removeLog(surroundings.logFolder, path);
    }
  }
}
