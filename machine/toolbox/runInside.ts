import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { hostPackages } from "../packages/index.ts";
import { NEW_NETWORK } from "./findNamespaces.ts";
import { ToolboxCommandError } from "./toolboxErrors.ts";

/** A folder or file of the host, mounted in the toolbox for one command. */
export interface Bind {
  readonly host: string;
  readonly guest: string;
  readonly readonly?: boolean;
}

/** How a command in the toolbox runs. */
export interface RunOptions {
  /** The working directory in the toolbox; by default `/tmp`, which is empty and discarded afterwards. */
  readonly cwd?: string;
  /** Environment variables besides PATH, HOME, LC_ALL=C and TZ=UTC. The host's environment is not passed on. */
  readonly env?: Readonly<Record<string, string>>;
  readonly binds?: readonly Bind[];
  /** Whether the command may use the host's network; by default there is none. */
  readonly network?: boolean;
  /** Standard input; empty by default. */
  readonly input?: Uint8Array | string;
  /** Is called with each line of standard output and standard error. */
  readonly onLine?: (line: string) => void;
  readonly signal?: AbortSignal;
}

const ENVIRONMENT = { PATH: "/usr/sbin:/usr/bin", HOME: "/root", LC_ALL: "C", TZ: "UTC" };
const KEPT_LINES = 40;
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

// In a user namespace only the system call may set it: the file in /proc belongs to the host's root.
const SET_HOST_NAME = `
my ($number, $name) = @ARGV;
syscall($number + 0, $name, length $name) == 0 or die "cannot set the host name: $!\\n";
`;

// Arguments: the toolbox's root; how to set the host name; a mode, host path and guest path for each bind; `--`; the command.
// A user namespace may not clear the flags nosuid and nodev of a mount: hence the second attempt.
const SCRIPT = `
set -e
root=$1; sethostname=$2; shift 2
seal() { mount -o remount,bind,ro "$1" 2>/dev/null || mount -o remount,bind,ro,nosuid,nodev "$1"; }
mount --bind "$root" "$root"
mount --rbind /dev "$root/dev"
mount -t proc proc "$root/proc" 2>/dev/null || mount --rbind /proc "$root/proc"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
mount -t tmpfs -o mode=700 tmpfs "$root/root"
while [ "$1" != -- ]; do
  mount --rbind "$2" "$root$3"
  if [ "$1" = ro ]; then seal "$root$3"; fi
  shift 3
done
shift
seal "$root"
enter() { PATH=$PATH:/usr/sbin:/sbin exec chroot "$root" "$@"; }
(enter /usr/bin/env -i /usr/bin/perl -e '${SET_HOST_NAME}' "$sethostname" toolbox)
enter /usr/bin/env -i "$@"
`;

/**
 * Runs a command in a root folder: by default without a network, with the host name `toolbox`, and with only those files of the
 * host that are bound.
 *
 * @returns what the command wrote to standard output.
 * @throws {ToolboxCommandError} when it does not exit with code 0; `details` holds its last lines.
 */
export function runInside(
  enter: readonly string[],
  root: string,
  command: readonly string[],
  { cwd = "/tmp", env = {}, binds = [], network = false, input, onLine, signal }: RunOptions,
): Promise<Buffer> {
  const [program = "", ...first] = network ? enter.filter((word) => word !== NEW_NETWORK) : enter;
  const bindWords = binds.flatMap(({ host, guest, readonly }) => [readonly ? "ro" : "rw", host, guest]);
  const envWords = Object.entries({ ...ENVIRONMENT, ...env }).map(([name, value]) => `${name}=${value}`);
  const words = [
    "/bin/sh",
    "-c",
    SCRIPT,
    "toolbox",
    root,
    String(hostPackages().sethostnameNumber),
    ...bindWords,
    "--",
    `--chdir=${cwd}`,
    ...envWords,
    ...command,
  ];
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...first, ...words], {
      stdio: ["pipe", "pipe", "pipe"],
      ...(signal && { signal, killSignal: "SIGKILL" }),
    });
    const output: Buffer[] = [];
    let size = 0;
    child.stdout.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= MAX_OUTPUT_BYTES) {
        output.push(chunk);
      } else {
        child.kill("SIGKILL");
      }
    });
    const lastLines: string[] = [];
    const keepLine = (line: string) => {
      lastLines.push(line);
      if (lastLines.length > KEPT_LINES) {
        lastLines.shift();
      }
      onLine?.(line);
    };
    createInterface({ input: child.stdout }).on("line", keepLine);
    createInterface({ input: child.stderr }).on("line", keepLine);
    child.on("error", reject);
    child.on("close", (code, killed) => {
      if (code === 0) {
        return resolve(Buffer.concat(output));
      }
      const fate = killed ? `was killed by ${killed}` : `exited with code ${code}`;
      reject(
        new ToolboxCommandError(`${command.join(" ").slice(0, 120)} ${fate}`, {
          details: lastLines.join("\n"),
        }),
      );
    });
    child.stdin.on("error", () => undefined);
    child.stdin.end(input ?? "");
  });
}
