import { readFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import type { Hex } from "viem";
import { EmulatorRequestError, SnapshotError } from "./emulatorErrors.ts";
import type { MachineConfig } from "./machineConfig.ts";
import { type ExactJson, parseJson } from "./rpc/exactJson.ts";
import { startEmulator } from "./startEmulator.ts";

/** Registers are in the memory's files, as the rest of the state; the stored hash tree is what we do not believe. */
const LEFT_OUT = ["registers", "hash_tree"];

/**
 * The root hash of a stored machine, computed from its memory alone: a new machine is created over the same files, so that
 * nothing of the stored hash tree is used.
 *
 * @throws {SnapshotError} when the folder does not hold a stored machine.
 */
export async function computeRootHash(
  directory: string,
  { signal }: { signal?: AbortSignal | undefined } = {},
): Promise<Hex> {
  const config = await readConfig(resolve(directory));
  await using emulator = await startEmulator({ signal });
  try {
    await emulator.create(config);
  } catch (error) {
    throw error instanceof EmulatorRequestError
      ? new SnapshotError(directory, error.serverMessage, error)
      : error;
  }
  return await emulator.rootHash();
}

async function readConfig(directory: string): Promise<MachineConfig> {
  try {
    const archive = parseJson(await readFile(join(directory, "config.json"), "utf8"));
    return withMemoryOnly((archive as { config: ExactJson }).config, directory) as unknown as MachineConfig;
  } catch (error) {
    throw new SnapshotError(
      directory,
      `config.json: ${error instanceof Error ? error.message : error}`,
      error,
    );
  }
}

function withMemoryOnly(value: ExactJson, directory: string): ExactJson {
  if (value === null || typeof value !== "object") {
    return value;
  }
  if (Array.isArray(value)) {
    return value.map((item) => withMemoryOnly(item, directory));
  }
  const kept = Object.entries(value).filter(([name]) => !LEFT_OUT.includes(name));
  return Object.fromEntries(
    kept.map(([name, item]) => {
      const isFile = name === "backing_store";
      return [name, isFile ? memoryFile(item, directory) : withMemoryOnly(item, directory)];
    }),
  );
}

/** The file is one of the folder's, whatever the configuration names, and never written to. */
function memoryFile(store: ExactJson, directory: string): ExactJson {
  const { data_filename: name } = store as { data_filename?: ExactJson };
  if (typeof name !== "string" || basename(name) === "") {
    throw new TypeError("a range of memory has no file");
  }
  return { data_filename: join(directory, basename(name)) };
}
