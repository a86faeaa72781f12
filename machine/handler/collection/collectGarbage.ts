import { encodeReport } from "../../../protocol/index.ts";
import { Rejection } from "../device/rejection.ts";
import type { RollupDevice } from "../device/rollupDevice.ts";
import {
  MAX_HEAP_BYTES,
  MAX_INVENTORY_BYTES,
  MAX_NAMED_PATHS,
  MIN_FREE_BYTES,
  MIN_FREE_FILES,
} from "../limits.ts";
import type { State } from "../state.ts";
import { dropPaths } from "./dropPaths.ts";

/**
 * Makes sure that there is enough free space on the disk and in memory for a build: deletes paths that inputs brought or
 * built, the least recently needed first, until there is. What was recorded on chain stays there, and can be built again.
 *
 * @param needed returns the paths that must stay.
 * @throws {Rejection} that names the limit when there is still too little.
 */
export async function collectGarbage(
  needed: () => ReadonlySet<string>,
  device: RollupDevice,
  state: State,
): Promise<void> {
  if (findShortage(state) === undefined) {
    return;
  }
  const deleted = await deleteOldest(needed(), state);
  const shortage = findShortage(state);
  if (shortage !== undefined) {
    throw new Rejection(`build: ${shortage}, and nothing more can be deleted: ask for a smaller build`);
  }
  device.emitReport(encodeReport({ kind: "info", message: describe(deleted) }));
}

/** More would delete too much that need not be deleted. */
const MAX_BATCH_GENERATIONS = 256;

/** Describes what there is too little of; `undefined` when there is enough. */
function findShortage({ inventory, environment }: State): string | undefined {
  const { bytes, inodes } = environment.freeSpace();
  if (bytes < MIN_FREE_BYTES) {
    return `${bytes} bytes are free on the disk, fewer than the ${MIN_FREE_BYTES} that a build needs`;
  }
  if (inodes < MIN_FREE_FILES) {
    return `${inodes} inodes are free on the disk, fewer than the ${MIN_FREE_FILES} that a build needs`;
  }
  if (inventory.memoryBytes > MAX_INVENTORY_BYTES) {
    return `the inventory uses ${inventory.memoryBytes} bytes of memory, more than the limit of ${MAX_INVENTORY_BYTES}`;
  }
  const heapBytes = environment.usedHeap(MAX_HEAP_BYTES);
  if (heapBytes > MAX_HEAP_BYTES) {
    return `the handler uses ${heapBytes} bytes of heap, more than the limit of ${MAX_HEAP_BYTES}`;
  }
  return undefined;
}

/**
 * Deletes one generation, then two, four and so on: a call of Nix takes 38 million cycles in the machine, and a third of a
 * million more for each path.
 */
async function deleteOldest(kept: ReadonlySet<string>, state: State): Promise<readonly string[]> {
  const { inventory, environment } = state;
  const generations = inventory.generations
    .map((paths) => paths.filter((path) => !kept.has(path)))
    .filter((paths) => paths.length > 0);
  let deleted: string[] = [];
  const session = await environment.openSession();
  try {
    for (let batch = 1; generations.length > 0; batch = Math.min(2 * batch, MAX_BATCH_GENERATIONS)) {
      const paths = generations.splice(0, batch).flat();
      await dropPaths(paths, session, state);
      deleted = deleted.concat(paths);
      if (findShortage(state) === undefined) {
        break;
      }
    }
  } finally {
    session.close();
  }
  return deleted;
}

function describe(deleted: readonly string[]): string {
  const named = deleted.slice(0, MAX_NAMED_PATHS).join(", ");
  const more = deleted.length - MAX_NAMED_PATHS;
  return `deleted the least recently needed paths to make room: ${named}${more > 0 ? ` and ${more} more` : ""}`;
}
