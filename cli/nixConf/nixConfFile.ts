import { randomBytes } from "node:crypto";
import {
  chmod,
  chown,
  lstat,
  mkdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { STORE_DIR } from "../../nix/index.ts";
import { NixConfError } from "../cliErrors.ts";

/** Every byte is one character, so that what is not ours stays as it is. */
const ENCODING = "latin1";
const NEW_FILE_MODE = 0o644;

/** The user's own nix.conf. */
export function defaultNixConfPath(environment: NodeJS.ProcessEnv): string {
  return join(environment.XDG_CONFIG_HOME || join(homedir(), ".config"), "nix", "nix.conf");
}

/** @returns `undefined` if there is none. */
export async function readNixConf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, ENCODING);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT" && !(await isThere(path))) {
      return undefined;
    }
    throw failed("read", path, cause);
  }
}

/**
 * Replaces a nix.conf, or removes it, at once: readers see the old one or the new one.
 *
 * @param before what was read: another content must not get lost.
 * @param after `undefined` if there shall be no file.
 */
export async function replaceNixConf(
  path: string,
  before: string | undefined,
  after: string | undefined,
): Promise<void> {
  if ((await readNixConf(path)) !== before) {
    throw new NixConfError(`${path} was changed meanwhile`, { remedy: "try again" });
  }
  try {
    if (after === undefined) {
      await rm(path);
    } else if (before === undefined) {
      await mkdir(dirname(path), { recursive: true });
      await writeAtomically(path, after, undefined);
    } else {
      const file = await targetOf(path);
      await writeAtomically(file, after, await stat(file));
    }
  } catch (cause) {
    throw cause instanceof NixConfError ? cause : failed("write", path, cause);
  }
}

/** Where a symlink leads: it stays a symlink. */
async function targetOf(path: string): Promise<string> {
  const file = await realpath(path);
  if (file.startsWith(`${STORE_DIR}/`)) {
    throw new NixConfError(`${path} is made by Nix itself, and cannot be changed`, {
      details: `it is ${file}`,
      remedy: "add the lines to what it is made from: nix.settings on NixOS and in home-manager",
    });
  }
  return file;
}

async function writeAtomically(
  path: string,
  text: string,
  like: { mode: number; uid: number; gid: number } | undefined,
): Promise<void> {
  const made = `${path}.${randomBytes(6).toString("hex")}`;
  try {
    await writeFile(made, text, { encoding: ENCODING, flag: "wx", mode: 0o600 });
    await chmod(made, like ? like.mode & 0o7777 : NEW_FILE_MODE);
    const { uid, gid } = await stat(made);
    if (like && (like.uid !== uid || like.gid !== gid)) {
      await chown(made, like.uid, like.gid);
    }
    await rename(made, path);
  } finally {
    await rm(made, { force: true });
  }
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

function failed(what: "read" | "write", path: string, cause: unknown): NixConfError {
  return new NixConfError(`cannot ${what} ${path}`, {
    cause,
    details: (cause as Error).message,
    remedy: "give another --file, or run it as a user who may",
  });
}
