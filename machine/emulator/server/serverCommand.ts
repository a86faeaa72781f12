import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { emulatorBinary } from "./emulatorBinary.ts";
import { hostGlibc } from "./hostGlibc.ts";
import { emulatorLibraries } from "./libraries.ts";

const REQUIRED_GLIBC_MINOR = 38;

/** The command that starts the server here: by itself, or through the loader of the libraries it was linked with. */
export async function serverCommand(): Promise<[string, ...string[]]> {
  const { path } = await emulatorBinary();
  if (fitsHostGlibc() && (await startsByItself(path))) return [path];
  const libraries = await emulatorLibraries();
  return [join(libraries, "ld-linux-x86-64.so.2"), "--library-path", libraries, path];
}

function fitsHostGlibc(): boolean {
  const [major, minor] = hostGlibc() ?? [0, 0];
  return major > 2 || (major === 2 && minor >= REQUIRED_GLIBC_MINOR);
}

async function startsByItself(path: string): Promise<boolean> {
  return promisify(execFile)(path, ["--help"]).then(
    () => true,
    () => false,
  );
}
