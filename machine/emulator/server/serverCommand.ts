import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { createProgress } from "../../../support/index.ts";
import { hostPackages } from "../../packages/index.ts";
import { emulatorBinary } from "./emulatorBinary.ts";
import { emulatorLibraries } from "./emulatorLibraries.ts";
import { hostGlibc } from "./hostGlibc.ts";

const REQUIRED_GLIBC = { major: 2, minor: 38 };

/**
 * The command that starts the server: the server itself where the host's libraries suffice, otherwise Debian trixie's
 * loader with the libraries that the server was linked with, downloaded once.
 */
export async function serverCommand(): Promise<[string, ...string[]]> {
  const { path } = await emulatorBinary();
  if (hasRequiredGlibc() && (await canRun(path))) {
    return [path];
  }
  const libraries = await emulatorLibraries({ progress: createProgress() });
  return [join(libraries, hostPackages().loader), "--library-path", libraries, path];
}

function hasRequiredGlibc(): boolean {
  const [major, minor] = hostGlibc() ?? [0, 0];
  return major > REQUIRED_GLIBC.major || (major === REQUIRED_GLIBC.major && minor >= REQUIRED_GLIBC.minor);
}

async function canRun(path: string): Promise<boolean> {
  return promisify(execFile)(path, ["--help"]).then(
    () => true,
    () => false,
  );
}
