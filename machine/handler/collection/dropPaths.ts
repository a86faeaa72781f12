import { removeBuildLog } from "../environment/buildLogs.ts";
import type { NixSession } from "../nixDaemon/index.ts";
import type { State } from "../state.ts";

/** Deletes paths of which nothing is left that refers to them, and the logs of derivations among them. */
export async function dropPaths(
  paths: readonly string[],
  session: NixSession,
  { inventory, environment }: State,
): Promise<void> {
  await session.deletePaths(paths);
  inventory.remove(paths);
  for (const path of paths) {
    if (path.endsWith(".drv")) {
      removeBuildLog(environment.logFolder, path);
    }
  }
}
