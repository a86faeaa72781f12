import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, rename, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { EmulatorRequestError, SnapshotError, SnapshotExistsError } from "./emulatorErrors.ts";
import { decodeBase64, decodeTrue } from "./rpc/decoders.ts";
import type { RpcClient } from "./rpc/rpcClient.ts";

const RANGE_FILE = /^[0-9a-f]{16}-([0-9a-f]+)\.bin$/;

/** Refusals that do not mean that the stored machine is damaged. */
const HOST_FAULT = /machine exists|unable to lock|unable to map|Too many open files|Permission denied/;

/**
 * Loads a stored machine.
 *
 * @throws {SnapshotError} when it is absent, damaged, or of another version of the emulator.
 */
export async function loadSnapshot(rpc: RpcClient, directory: string): Promise<void> {
  await checkLengths(directory);
  try {
    await rpc.call("machine.load", [resolve(directory)], decodeTrue);
  } catch (error) {
    if (!(error instanceof EmulatorRequestError) || HOST_FAULT.test(error.serverMessage)) {
      throw error;
    }
    throw new SnapshotError(directory, error.serverMessage, error);
  }
}

/** The emulator accepts a truncated file of a range, and replaces the missing bytes with zeros. */
async function checkLengths(directory: string): Promise<void> {
  const names = await readdir(directory).catch((cause: Error) => {
    throw new SnapshotError(directory, cause.message, cause);
  });
  for (const name of names) {
    const length = RANGE_FILE.exec(name)?.[1];
    if (length === undefined) {
      continue;
    }
    const { size } = await stat(join(directory, name));
    if (size !== Number.parseInt(length, 16)) {
      throw new SnapshotError(directory, `${name} has ${size} bytes instead of 0x${length}`);
    }
  }
}

/**
 * Stores a machine in a folder that appears complete or not at all.
 *
 * @throws {SnapshotExistsError} when the folder exists already.
 */
export async function storeSnapshot(rpc: RpcClient, directory: string): Promise<void> {
  if (existsSync(directory)) {
    throw new SnapshotExistsError(directory);
  }
  await rpc.call("machine.get_root_hash", [], decodeBase64(32)); // the hash tree is stored only as far as it has been computed
  const unfinished = `${resolve(directory)}.unfinished-${randomUUID()}`;
  await rpc.call("machine.store", [unfinished, "all"], decodeTrue);
  await rename(unfinished, directory);
}
