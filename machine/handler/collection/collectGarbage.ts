import { encodeReport } from "../../../protocol/index.ts";
import { Rejection } from "../device/rejection.ts";
import type { RollupDevice } from "../device/rollupDevice.ts";
import { MAX_INVENTORY_BYTES, MAX_NAMED_PATHS, MIN_FREE_BYTES, MIN_FREE_FILES } from "../limits.ts";
import type { State } from "../state.ts";
import { dropPaths } from "./dropPaths.ts";

/**
 * Sees to it that a build finds enough room on the disk and in memory: drops what inputs brought or built, that which was
 * needed least recently first, until there is. What was recorded on chain stays there, and can be built again.
 *
 * @param needed gives what must stay.
 * @throws Rejection when it cannot be had, naming the limit.
 */
export async function collectGarbage(
  needed: () => ReadonlySet<string>,
  device: RollupDevice,
  state: State,
): Promise<void> {
  if (findShortage(state) === undefined) {
    return;
  }
  const dropped = await dropOldest(needed(), state);
  const lack = findShortage(state);
  if (lack !== undefined) {
    throw new Rejection(`build: ${lack}, and no more can be had`);
  }
  device.emitReport(encodeReport({ kind: "info", message: describe(dropped) }));
}

/** What there is too little of, in words; `undefined` when there is enough. */
function findShortage({ inventory, environment }: State): string | undefined {
  const { bytes, inodes } = environment.freeSpace();
  if (bytes < MIN_FREE_BYTES) {
    return `${bytes} bytes are free on the disk, less than the ${MIN_FREE_BYTES} that a build needs`;
  }
  if (inodes < MIN_FREE_FILES) {
    return `${inodes} files are free on the disk, less than the ${MIN_FREE_FILES} that a build needs`;
  }
  if (inventory.bytes > MAX_INVENTORY_BYTES) {
    return `the books of the store take ${inventory.bytes} bytes of memory, more than the ${MAX_INVENTORY_BYTES} that they may`;
  }
  return undefined;
}

async function dropOldest(kept: ReadonlySet<string>, state: State): Promise<readonly string[]> {
  const { inventory, environment } = state;
  const dropped: string[] = [];
  const session = await environment.openSession();
  try {
    for (const generation of inventory.generations) {
      const paths = generation.filter((path) => !kept.has(path));
      if (paths.length === 0) {
        continue;
      }
      await dropPaths(paths, session, state);
      dropped.push(...paths);
      if (findShortage(state) === undefined) {
        break;
      }
    }
  } finally {
    session.close();
  }
  return dropped;
}

function describe(dropped: readonly string[]): string {
  const named = dropped.slice(0, MAX_NAMED_PATHS).join(", ");
  const more = dropped.length - MAX_NAMED_PATHS;
  return `there was too little room: dropped ${named}${more > 0 ? ` and ${more} more` : ""}, which were needed least recently`;
}
