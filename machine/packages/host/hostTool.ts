import { execFile } from "node:child_process";
import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { DebianError } from "../packagesErrors.ts";

const run = promisify(execFile);
const alsoSearched = ["/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/bin", "/bin"];

/**
 * The path of a program of the host. A missing one is installed by apt where we are root or may sudo without a
 * password; elsewhere a {@link DebianError} says what to install.
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
  throw new DebianError(`this host has no ${program}`, {
    remedy: `install it (Debian and Ubuntu: apt-get install ${debianPackage})`,
  });
}

async function find(program: string): Promise<string | undefined> {
  const folders = [...(process.env.PATH ?? "").split(delimiter), ...alsoSearched].filter(
    (folder) => folder !== "",
  );
  for (const folder of folders) {
    const file = join(folder, program);
    const usable = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (usable) {
      return file;
    }
  }
  return undefined;
}

async function install(debianPackage: string): Promise<void> {
  const prefix = process.getuid?.() === 0 ? [] : ["sudo", "-n"];
  const apt = async (...words: string[]) => {
    const [command = "", ...rest] = [
      ...prefix,
      "env",
      "DEBIAN_FRONTEND=noninteractive",
      "apt-get",
      "-q",
      "-y",
      ...words,
    ];
    await run(command, rest);
  };
  const words = ["install", "--no-install-recommends", debianPackage];
  await apt(...words).catch(async () => {
    await apt("update");
    await apt(...words);
  });
}
