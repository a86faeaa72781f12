import { execFile } from "node:child_process";
import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { DebianError } from "../packagesErrors.ts";

const run = promisify(execFile);

/** Searched after PATH, which leaves out the `sbin` folders for ordinary users. */
const MORE_FOLDERS = ["/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/bin", "/bin"];

/**
 * The path of a program of the host. A missing program is installed by apt when we are root or may use sudo without
 * a password.
 *
 * @throws {DebianError} when it is missing and cannot be installed.
 */
export async function hostTool(program: string, debianPackage: string): Promise<string> {
  const found = await find(program);
  if (found !== undefined) {
    return found;
  }
  await install(debianPackage).catch(() => undefined);
  const installed = await find(program);
  if (installed !== undefined) {
    return installed;
  }
  throw new DebianError(`the program ${program} is not installed`, {
    remedy: `install it (on Debian and Ubuntu: apt-get install ${debianPackage})`,
  });
}

async function find(program: string): Promise<string | undefined> {
  const folders = [...(process.env.PATH ?? "").split(delimiter), ...MORE_FOLDERS].filter(
    (folder) => folder !== "",
  );
  for (const folder of folders) {
    const file = join(folder, program);
    const isExecutable = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isExecutable) {
      return file;
    }
  }
  return undefined;
}

async function install(debianPackage: string): Promise<void> {
  const sudo = process.getuid?.() === 0 ? [] : ["sudo", "-n"];
  const apt = async (...words: string[]) => {
    const aptGet = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y"];
    const [command = "", ...rest] = [...sudo, ...aptGet, ...words];
    await run(command, rest);
  };
  const words = ["install", "--no-install-recommends", debianPackage];
  await apt(...words).catch(async () => {
    await apt("update");
    await apt(...words);
  });
}
