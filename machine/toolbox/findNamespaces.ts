import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { hostTool, NAMESPACES_REMEDY } from "../packages/index.ts";
import { ToolboxError } from "./toolboxErrors.ts";

const run = promisify(execFile);

/** A command line that runs the words appended to it in new namespaces, where it may mount. */
export type Namespaces = readonly string[];

/** The word of {@link Namespaces} that takes the host's network away. */
export const NEW_NETWORK = "--net";

const UNSHARE_OPTIONS = [
  "--mount",
  "--pid",
  "--fork",
  "--kill-child",
  "--uts",
  "--ipc",
  NEW_NETWORK,
  "--propagation",
  "private",
];
const AS_USER = ["--user", "--map-root-user"];

let found: Promise<Namespaces> | undefined;

/**
 * Finds out, once per process, how this host lets us use namespaces: as an ordinary user, otherwise as root without a
 * user namespace. The kernel kills everything inside when the process that started it exits.
 *
 * @throws {ToolboxError} when the host allows neither.
 */
export function findNamespaces(): Promise<Namespaces> {
  found ??= tryNamespaces();
  return found;
}

async function tryNamespaces(): Promise<Namespaces> {
  const unshare = await hostTool("unshare", "util-linux");
  const setpriv = await hostTool("setpriv", "util-linux");
  const variants = process.getuid?.() === 0 ? [AS_USER, []] : [AS_USER];
  let message = "";
  for (const variant of variants) {
    const words = [setpriv, "--pdeathsig", "KILL", "--", unshare, ...variant, ...UNSHARE_OPTIONS, "--"];
    const [command = "", ...rest] = words;
    try {
      await run(command, [...rest, "/bin/sh", "-c", "mount -t tmpfs tmpfs /mnt && mount -t proc proc /proc"]);
      return words;
    } catch (error) {
      message = String((error as { stderr?: string }).stderr || error).trim();
    }
  }
  throw new ToolboxError("this host does not allow namespaces (unshare)", {
    details: message,
    remedy: NAMESPACES_REMEDY,
  });
}
