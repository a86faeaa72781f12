import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { createProgress } from "../../../support/index.ts";
import { emulatorBinary } from "./emulatorBinary.ts";
import { emulatorLibraries } from "./emulatorLibraries.ts";
import { hostGlibc } from "./hostGlibc.ts";

const REQUIRED_GLIBC_MINOR = 38;

/**
 * The command that starts the server here: by itself where the host's libraries suffice, else through Debian trixie's
 * loader with the libraries it was linked with, fetched once.
 */
export async function serverCommand(): Promise<[string, ...string[]]> {
  const { path } = await emulatorBinary();
  if (hasRequiredGlibc() && (await startsByItself(path))) {
    return [path];
  }
  const libraries = await emulatorLibraries({ progress: createProgress() });
  return [join(libraries, "ld-linux-x86-64.so.2"), "--library-path", libraries, path];
}

function hasRequiredGlibc(): boolean {
  const [major, minor] = hostGlibc() ?? [0, 0];
  return major > 2 || (major === 2 && minor >= REQUIRED_GLIBC_MINOR);
}

async function startsByItself(path: string): Promise<boolean> {
  return promisify(execFile)(path, ["--help"]).then(
    () => true,
    () => false,
  );
}
