import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Progress } from "../../../support/index.ts";
import {
  cachedFolder,
  fetchPinned,
  type PinnedFile,
  readLock,
  sha256OfFile,
  unpackDebs,
} from "../../packages/index.ts";
import { openToolbox, type Toolbox } from "../../toolbox/index.ts";
import { ShellError } from "../imageErrors.ts";
import { unmetOptions } from "../kernel/unmetOptions.ts";

const CONFIG = fileURLToPath(new URL("config", import.meta.url));
const LAYOUT = 1;

/** Of the seed's packages: what a static program for the machine is linked from. */
const LIBC_PACKAGES = ["libc6-dev", "linux-libc-dev"];

const MAKE_COMMAND = ["make", "-C", "/stage/shell", "-j4", "ARCH=riscv", "CROSS_COMPILE=riscv64-linux-gnu-"];

/**
 * Builds the sandbox's `/bin/sh` from busybox's source into the cache, a static program; returns its path.
 *
 * @throws {ShellError} when its source or the C library is not pinned, or when our configuration is not what Kconfig makes
 * of it.
 * @throws {ToolboxCommandError} with the compiler's last lines when it does not compile.
 */
export async function buildShell({ progress }: { progress: Progress }): Promise<string> {
  const source = pinnedIn("sources", await readLock("sources").then(({ files }) => files), ["busybox"]);
  const libc = pinnedIn("seed", await readLock("seed").then(({ files }) => files), LIBC_PACKAGES);
  const toolbox = await openToolbox({ progress });
  const folder = await cachedFolder({
    name: "shell",
    progress,
    inputs: {
      layout: LAYOUT,
      source: [...source, ...libc].map(({ sha256 }) => sha256),
      toolbox: toolbox.key,
      config: await sha256OfFile(CONFIG),
      make: MAKE_COMMAND,
    },
    make: async (output) => {
      const [tarball] = await fetchPinned(source, { progress, name: "shell's source" });
      const packages = await fetchPinned(libc, { progress, name: "shell's C library" });
      const stage = progress.stage("shell");
      const scratch = join(output, "scratch");
      try {
        await mkdir(join(scratch, "source"), { recursive: true });
        await mkdir(join(scratch, "libc"));
        await unpackDebs(packages, join(scratch, "libc"));
        await compile(toolbox, tarball!.file, scratch);
        await rename(join(scratch, "source/busybox"), join(output, "sh"));
        stage.done(`${(await stat(join(output, "sh"))).size} bytes`);
      } catch (error) {
        stage.fail();
        throw error;
      } finally {
        await rm(scratch, { recursive: true, force: true });
      }
    },
  });
  return join(folder, "sh");
}

function pinnedIn(lock: string, files: readonly PinnedFile[], names: readonly string[]): PinnedFile[] {
  return names.map((name) => {
    const file = files.find((pinned) => pinned.name === name);
    if (file === undefined) {
      throw new ShellError(`machine/packages/lock/${lock}.json does not pin ${name}`, {
        remedy: `add ${name} to machine/packages/lock/requests/${lock}.json and run npm run template:lock`,
      });
    }
    return file;
  });
}

async function compile(toolbox: Toolbox, tarball: string, scratch: string): Promise<void> {
  const run = (command: string[]) =>
    toolbox.run(command, {
      env: { KCONFIG_NOTIMESTAMP: "1" },
      binds: [
        { host: join(scratch, "source"), guest: "/stage/shell" },
        { host: join(scratch, "libc"), guest: "/stage/libc", readonly: true },
        { host: tarball, guest: "/stage/busybox.tar.bz2", readonly: true },
      ],
    });
  await run([
    ...["tar", "-x", "-j", "-f", "/stage/busybox.tar.bz2", "--strip-components=1"],
    ...["-C", "/stage/shell", "--no-same-owner"],
  ]);
  // Unlike the kernel's, busybox's allnoconfig takes no answers: they are written into the finished configuration.
  await run([...MAKE_COMMAND, "allnoconfig"]);
  const answers = await readFile(CONFIG, "utf8");
  const finished = join(scratch, "source/.config");
  await writeFile(finished, withAnswers(await readFile(finished, "utf8"), answers));
  await run(["sh", "-c", "yes '' | \"$@\"", "yes", ...MAKE_COMMAND, "oldconfig"]);
  const unmet = unmetOptions(answers, await readFile(finished, "utf8"));
  if (unmet.length > 0) {
    throw new ShellError("the shell's configuration is inconsistent: Kconfig changed some of its options", {
      details: unmet.join(", "),
      remedy:
        "look up in busybox's Config.in files what these options depend on, and fix machine/image/shell/config",
    });
  }
  await run([...MAKE_COMMAND, "busybox"]);
}

/** A configuration with its lines of some options replaced. */
function withAnswers(config: string, answers: string): string {
  const names = new Set([...answers.matchAll(/^(CONFIG_\w+)=/gm)].map(([, name]) => name));
  const others = config.split("\n").filter((line) => !names.has(/CONFIG_\w+/.exec(line)?.[0] ?? ""));
  return `${others.join("\n")}\n${answers}`;
}
