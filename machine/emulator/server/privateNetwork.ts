import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { hostTool } from "../../packages/index.ts";
import { PrivateNetworkError } from "../emulatorErrors.ts";

/** How to start a program in a network of its own, which only its descendants are in. */
export interface PrivateNetwork {
  /** The words before the program's own. */
  enter: [string, ...string[]];
  /** The program `ip`, which brings the loopback device up: it is down in a new network. */
  ip: string;
}

/** Root keeps its rights on other users' files only outside a user namespace. */
const AS_ROOT = ["--net"];
const AS_USER = ["--user", "--map-root-user", "--net"];

let found: Promise<PrivateNetwork> | undefined;

/**
 * Finds out, once per process, how this host lets us make a network namespace.
 *
 * @throws {PrivateNetworkError} when it does not.
 * @throws {DebianError} when a program is missing and cannot be installed.
 */
export function findPrivateNetwork(): Promise<PrivateNetwork> {
  found ??= tryPrivateNetwork();
  return found;
}

async function tryPrivateNetwork(): Promise<PrivateNetwork> {
  const unshare = await hostTool("unshare", "util-linux");
  const ip = await hostTool("ip", "iproute2");
  const variants = process.getuid?.() === 0 ? [AS_ROOT, AS_USER] : [AS_USER];
  const messages: string[] = [];
  for (const variant of variants) {
    try {
      await promisify(execFile)(unshare, [...variant, "--", ip, "link", "set", "lo", "up"]);
      return { enter: [unshare, ...variant, "--"], ip };
    } catch (error) {
      messages.push(String((error as { stderr?: string }).stderr || error).trim());
    }
  }
  throw new PrivateNetworkError(messages.join("; "));
}
