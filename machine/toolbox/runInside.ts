import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { ToolboxCommandError } from "./toolboxErrors.ts";

/** A folder or file of the host that a command in the toolbox sees. */
export interface Bind {
  readonly host: string;
  readonly guest: string;
  readonly readonly?: boolean;
}

/** How a command in the toolbox runs. */
export interface RunOptions {
  /** In the toolbox; `/tmp` unless told otherwise, which is empty and gone afterwards. */
  readonly cwd?: string;
  /** Besides PATH, HOME, LC_ALL=C and TZ=UTC; nothing of the host's environment gets in. */
  readonly env?: Readonly<Record<string, string>>;
  readonly binds?: readonly Bind[];
  /** For standard input, which is empty otherwise. */
  readonly input?: Uint8Array | string;
  /** Hears each line of standard output and standard error. */
  readonly onLine?: (line: string) => void;
  readonly signal?: AbortSignal;
}

const environment = { PATH: "/usr/sbin:/usr/bin", HOME: "/root", LC_ALL: "C", TZ: "UTC" };
const remembered = 40;
const largestOutput = 256 * 1024 * 1024;

// $1 = the toolbox's root, then a mode, host path and guest path for each bind, `--`, and the command.
// A remount that leaves out the flags of a mount that a user namespace may not clear is refused: hence the second try.
const script = `
set -e
root=$1; shift
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
echo toolbox > /proc/sys/kernel/hostname || true
exec chroot "$root" /usr/bin/env -i "$@"
`;

/**
 * Runs a command in a root and returns what it wrote to standard output.
 *
 * It has the network of an empty namespace, the host name `toolbox`, and of the host's files only what is bound.
 * Throws {@link ToolboxCommandError} with its last lines when it does not end with exit code 0.
 */
export function runInside(
  enter: readonly string[],
  root: string,
  command: readonly string[],
  { cwd = "/tmp", env = {}, binds = [], input, onLine, signal }: RunOptions,
): Promise<Buffer> {
  const [program = "", ...first] = enter;
  const bindWords = binds.flatMap(({ host, guest, readonly }) => [readonly ? "ro" : "rw", host, guest]);
  const envWords = Object.entries({ ...environment, ...env }).map(([name, value]) => `${name}=${value}`);
  const words = [
    "/bin/sh",
    "-c",
    script,
    "toolbox",
    root,
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
      if (size <= largestOutput) {
        output.push(chunk);
      } else {
        child.kill("SIGKILL");
      }
    });
    const lastLines: string[] = [];
    const hear = (line: string) => {
      lastLines.push(line);
      if (lastLines.length > remembered) {
        lastLines.shift();
      }
      onLine?.(line);
    };
    createInterface({ input: child.stdout }).on("line", hear);
    createInterface({ input: child.stderr }).on("line", hear);
    child.on("error", reject);
    child.on("close", (code, killed) => {
      if (code === 0) {
        return resolve(Buffer.concat(output));
      }
      const end = killed ? `was killed by ${killed}` : `ended with exit code ${code}`;
      reject(
        new ToolboxCommandError(`${command.join(" ").slice(0, 120)} ${end}`, {
          details: lastLines.join("\n"),
        }),
      );
    });
    child.stdin.on("error", () => undefined);
    child.stdin.end(input ?? "");
  });
}
