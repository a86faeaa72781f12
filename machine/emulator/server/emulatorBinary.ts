import { createHash, randomUUID } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { cachePath } from "../../../support/index.ts";
import { EmulatorMissingError, UnsupportedPlatformError } from "../emulatorErrors.ts";

/** The emulator's server as a file that can be run. */
export interface EmulatorBinary {
  path: string;
  /** Version of the npm package it comes from. */
  version: string;
  /** sha256 of the file, lower-case hex: with another emulator, the same machine has another hash. */
  sha256: string;
}

const PACKAGE = "@deroll/cm-linux-x64";
const SERVER = "cartesi-jsonrpc-machine";

/** Copies the server out of its npm package, where it lacks the run bit, into the content-addressed cache. */
export async function emulatorBinary(): Promise<EmulatorBinary> {
  const platform = `${process.platform}-${process.arch}`;
  if (platform !== "linux-x64") {
    throw new UnsupportedPlatformError(platform);
  }
  const { content, version } = await readServer();
  const sha256 = createHash("sha256").update(content).digest("hex");
  const path = cachePath("emulator", sha256, SERVER);
  const cached = await readFile(path).catch(() => undefined);
  if (cached === undefined || !cached.equals(content)) {
    await install(path, content);
  }
  return { path, version, sha256 };
}

async function readServer(): Promise<{ content: Buffer; version: string }> {
  try {
    const manifestPath = createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`);
    const manifest: unknown = JSON.parse(await readFile(manifestPath, "utf8"));
    const content = await readFile(join(dirname(manifestPath), SERVER));
    return { content, version: String((manifest as { version?: unknown }).version) };
  } catch (cause) {
    throw new EmulatorMissingError(PACKAGE, cause);
  }
}

async function install(path: string, content: Buffer): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const unfinished = `${path}.${randomUUID()}`;
  await writeFile(unfinished, content, { mode: 0o755 });
  await rename(unfinished, path);
}
