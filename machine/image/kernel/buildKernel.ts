import { appendFile, copyFile, mkdir, readFile, rename, rm, stat } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Progress, Stage } from "../../../support/index.ts";
import { cachedFolder, fetchPinned, readLock, sha256OfFile, unpackDebs } from "../../packages/index.ts";
import { openToolbox, type RunOptions, type Toolbox } from "../../toolbox/index.ts";
import { KernelError } from "../imageErrors.ts";
import { unmetOptions } from "./unmetOptions.ts";

const CONFIG = fileURLToPath(new URL("config", import.meta.url));
const DRIVER = fileURLToPath(new URL("cmio.c", import.meta.url));
const LAYOUT = 1;

/** How many objects the current configuration compiles, only to show progress. */
const EXPECTED_OBJECTS = 800;

/** Half of the source tree, and not needed for a riscv64 kernel. */
const EXCLUDED = ["Documentation/*/*", "drivers/gpu/drm/amd/include", "tools/testing", "tools/perf"];

const MAKE_COMMAND = [
  ...["make", "-C", "/stage/kernel", "ARCH=riscv", "CROSS_COMPILE=riscv64-linux-gnu-"],
  ...["KBUILD_BUILD_TIMESTAMP=Thu Jan 1 00:00:00 UTC 1970", "KBUILD_BUILD_VERSION=1"],
  ...["KBUILD_BUILD_USER=cartenix", "KBUILD_BUILD_HOST=cartenix"],
];

/**
 * Builds the kernel, Debian's Linux with our configuration and /dev/cmio, into the cache; returns the path of the raw
 * Image, which is loaded at 0x80200000. The first call compiles for 4 to 5 minutes on two cores.
 *
 * @throws {KernelError} when our configuration is not what Kconfig makes of it.
 * @throws {ToolboxCommandError} with the compiler's last lines when it does not compile.
 */
export async function buildKernel({ progress }: { progress: Progress }): Promise<string> {
  const lock = await readLock("kernel");
  const toolbox = await openToolbox({ progress });
  const inputs = {
    layout: LAYOUT,
    source: lock.files.map(({ sha256 }) => sha256),
    toolbox: toolbox.key,
    config: await sha256OfFile(CONFIG),
    driver: await sha256OfFile(DRIVER),
    make: MAKE_COMMAND,
  };
  const folder = await cachedFolder({
    name: "kernel",
    progress,
    inputs,
    make: async (output) => {
      const packages = await fetchPinned(lock.files, { progress, name: "kernel's source" });
      const stage = progress.stage("kernel");
      const scratch = join(output, "scratch");
      try {
        await mkdir(join(scratch, "source"), { recursive: true });
        await unpackDebs(packages, scratch);
        await compile(toolbox, scratch, stage);
        await rename(join(scratch, "source/arch/riscv/boot/Image"), join(output, "Image"));
        await rename(join(scratch, "source/.config"), join(output, "config"));
        stage.done(`${(await stat(join(output, "Image"))).size} bytes`);
      } catch (error) {
        stage.fail();
        throw error;
      } finally {
        await rm(scratch, { recursive: true, force: true });
      }
    },
  });
  return join(folder, "Image");
}

async function compile(toolbox: Toolbox, scratch: string, stage: Stage): Promise<void> {
  const source = join(scratch, "source");
  const run = (command: string[], onLine: NonNullable<RunOptions["onLine"]> = () => {}) =>
    toolbox.run(command, {
      onLine,
      env: { KCONFIG_ALLCONFIG: "/stage/config" },
      binds: [
        { host: source, guest: "/stage/kernel" },
        { host: join(scratch, "usr/src"), guest: "/stage/source", readonly: true },
        { host: CONFIG, guest: "/stage/config", readonly: true },
      ],
    });
  stage.update("unpacking the source");
  const excluded = EXCLUDED.map((pattern) => `--exclude=linux-source-*/${pattern}`);
  await run([
    ...["sh", "-c", 'exec tar -x -J -f /stage/source/linux-source-*.tar.xz --strip-components=1 "$@"', "tar"],
    ...["-C", "/stage/kernel", "--no-same-owner", ...excluded],
  ]);
  await copyFile(DRIVER, join(source, "drivers/misc/cartenix-cmio.c"));
  await appendFile(join(source, "drivers/misc/Makefile"), "obj-y += cartenix-cmio.o\n");
  stage.update("configuring");
  await run([...MAKE_COMMAND, "allnoconfig"]);
  await checkConfig(join(source, ".config"));
  let compiled = 0;
  await run([...MAKE_COMMAND, `-j${availableParallelism()}`, "Image"], (line) => {
    if (!/^ {2}(CC|AS) /.test(line)) {
      return;
    }
    compiled++;
    const percent = Math.min(99, Math.floor((100 * compiled) / EXPECTED_OBJECTS));
    stage.update(`${percent} %, ${compiled} of about ${EXPECTED_OBJECTS} objects compiled`);
  });
}

async function checkConfig(finished: string): Promise<void> {
  const unmet = unmetOptions(await readFile(CONFIG, "utf8"), await readFile(finished, "utf8"));
  if (unmet.length === 0) {
    return;
  }
  throw new KernelError("the kernel's configuration is inconsistent: Kconfig changed some of its options", {
    details: unmet.join(", "),
    remedy:
      "look up in the Kconfig files what these options depend on or what selects them, and fix machine/image/kernel/config",
  });
}
