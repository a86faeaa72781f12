import { createHash, randomUUID } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { cachePath } from "../../../support/index.ts";
import { hostPackages } from "../../packages/index.ts";
import { EmulatorMissingError } from "../emulatorErrors.ts";

/** The emulator's server as an executable file. */
export interface EmulatorBinary {
  path: string;
  /** Version of the npm package it comes from. */
  version: string;
  /** sha256 of the file, 64 lower-case hex digits. Another emulator may compute another hash for the same machine. */
  sha256: string;
}

const SERVER = "cartesi-jsonrpc-machine";

/**
 * Copies the server from its npm package, where it is not executable, into the content-addressed cache.
 *
 * @throws {UnsupportedPlatformError} when Cartenix does not run on this computer.
 * @throws {EmulatorMissingError} when the npm package is not installed.
 */
export async function emulatorBinary(): Promise<EmulatorBinary> {
  const { content, version } = await readServer(hostPackages().npm.emulator);
  const sha256 = createHash("sha256").update(content).digest("hex");
  const path = cachePath("emulator", sha256, SERVER);
  const cached = await readFile(path).catch(() => undefined);
  if (cached === undefined || !cached.equals(content)) {
    await install(path, content);
  }
  return { path, version, sha256 };
}

async function readServer(packageName: string): Promise<{ content: Buffer; version: string }> {
  try {
    const manifestPath = createRequire(import.meta.url).resolve(`${packageName}/package.json`);
    const manifest: unknown = JSON.parse(await readFile(manifestPath, "utf8"));
    const content = await readFile(join(dirname(manifestPath), SERVER));
    return { content, version: String((manifest as { version?: unknown }).version) };
  } catch (cause) {
    throw new EmulatorMissingError(packageName, cause);
  }
}

async function install(path: string, content: Buffer): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const unfinished = `${path}.${randomUUID()}`;
  await writeFile(unfinished, content, { mode: 0o755 });
  await rename(unfinished, path);
}
