import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { hostTool } from "../packages/index.ts";
import { ToolboxError } from "./toolboxErrors.ts";

const run = promisify(execFile);

/** A command line that runs the words after it in namespaces of their own, where it may mount. */
export type Namespaces = readonly string[];

const own = [
  "--mount",
  "--pid",
  "--fork",
  "--kill-child",
  "--uts",
  "--ipc",
  "--net",
  "--propagation",
  "private",
];
const asUser = ["--user", "--map-root-user"];

let found: Promise<Namespaces> | undefined;

/**
 * Finds out, once in a process, how this host lets us into namespaces: as an ordinary user, else as root without a user
 * namespace. The kernel ends everything inside when the process that started it ends. Throws {@link ToolboxError}.
 */
export function findNamespaces(): Promise<Namespaces> {
  found ??= tryNamespaces();
  return found;
}

async function tryNamespaces(): Promise<Namespaces> {
  const unshare = await hostTool("unshare", "util-linux");
  const setpriv = await hostTool("setpriv", "util-linux");
  const variants = process.getuid?.() === 0 ? [asUser, []] : [asUser];
  let complaint = "";
  for (const variant of variants) {
    const words = [setpriv, "--pdeathsig", "KILL", "--", unshare, ...variant, ...own, "--"];
    const [command = "", ...rest] = words;
    try {
      await run(command, [...rest, "/bin/sh", "-c", "mount -t tmpfs tmpfs /mnt && mount -t proc proc /proc"]);
      return words;
    } catch (error) {
      complaint = String((error as { stderr?: string }).stderr || error).trim();
    }
  }
  throw new ToolboxError("this host does not let us use namespaces (unshare)", {
    details: complaint,
    remedy:
      "allow user namespaces (sysctl kernel.apparmor_restrict_unprivileged_userns=0 or " +
      "kernel.unprivileged_userns_clone=1), or run as root; in a container: --privileged",
  });
}
