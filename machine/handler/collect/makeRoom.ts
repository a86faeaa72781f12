import { encodeReport } from "../../../requests/index.ts";
import type { RollupDevice } from "../device.ts";
import { MAX_NAMED_PATHS, RESERVE_BYTES, RESERVE_FILES } from "../limits.ts";
import { Rejection } from "../rejection.ts";
import type { State, Surroundings } from "../state.ts";
import { dropPaths } from "./dropPaths.ts";

/**
 * Sees to it that a build finds enough room on the disk: drops what inputs brought or built, that which was needed least
 * recently first, until the reserve is free. What was recorded on chain stays there, and can be built again.
 *
 * @param needed gives what must stay.
 * @throws Rejection when the reserve cannot be had.
 */
export async function makeRoom(
  needed: () => ReadonlySet<string>,
  device: RollupDevice,
  state: State,
): Promise<void> {
  const { surroundings } = state;
  if (isReserveFree(surroundings)) return;
  const dropped = await dropOldest(needed(), state);
  if (!isReserveFree(surroundings)) {
    const { bytes, inodes } = surroundings.freeSpace();
    throw new Rejection(
      `build: ${bytes} bytes and ${inodes} files are free, and no more can be had: a build needs ${RESERVE_BYTES} bytes and ${RESERVE_FILES} files`,
    );
  }
  device.emitReport(encodeReport({ kind: "info", message: describe(dropped) }));
}

function isReserveFree(surroundings: Surroundings): boolean {
  const { bytes, inodes } = surroundings.freeSpace();
  return bytes >= RESERVE_BYTES && inodes >= RESERVE_FILES;
}

async function dropOldest(kept: ReadonlySet<string>, state: State): Promise<readonly string[]> {
  const { inventory, surroundings } = state;
  const dropped: string[] = [];
  const session = await surroundings.openSession();
  try {
    for (const generation of inventory.generations) {
      const paths = generation.filter((path) => !kept.has(path));
      if (paths.length === 0) continue;
      await dropPaths(paths, session, state);
      dropped.push(...paths);
      if (isReserveFree(surroundings)) break;
    }
  } finally {
    session.close();
  }
  return dropped;
}

function describe(dropped: readonly string[]): string {
  const named = dropped.slice(0, MAX_NAMED_PATHS).join(", ");
  const more = dropped.length - MAX_NAMED_PATHS;
  return `the disk is full: dropped ${named}${more > 0 ? ` and ${more} more` : ""}, which were needed least recently`;
}
