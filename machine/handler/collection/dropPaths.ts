import { removeBuildLog } from "../environment/buildLogs.ts";
import type { NixSession } from "../nixDaemon/index.ts";
import type { State } from "../state.ts";

/** Deletes paths that no other path in the store refers to, and the logs of derivations among them. */
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
