import { appendFile, copyFile, mkdir, readFile, rename, rm, stat } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Progress, Stage } from "../../../support/index.ts";
import { cachedFolder, fetchPinned, readLock, sha256OfFile, unpackDebs } from "../../packages/index.ts";
import { openToolbox, type RunOptions, type Toolbox } from "../../toolbox/index.ts";
import { KernelError } from "./kernelError.ts";
import { unmetOptions } from "./unmetOptions.ts";

const config = fileURLToPath(new URL("config", import.meta.url));
const driver = fileURLToPath(new URL("cmio.c", import.meta.url));
const layout = 1;

/** How many objects the present configuration compiles: only the progress shown depends on it. */
const expectedObjects = 800;

/** Half of the source tree, and nothing that a riscv64 kernel is made of. */
const unwanted = ["Documentation/*/*", "drivers/gpu/drm/amd/include", "tools/testing", "tools/perf"];

const makeWords = [
  ...["make", "-C", "/stage/kernel", "ARCH=riscv", "CROSS_COMPILE=riscv64-linux-gnu-"],
  ...["KBUILD_BUILD_TIMESTAMP=Thu Jan 1 00:00:00 UTC 1970", "KBUILD_BUILD_VERSION=1"],
  ...["KBUILD_BUILD_USER=cartenix", "KBUILD_BUILD_HOST=cartenix"],
];

/**
 * Builds the kernel, Debian's Linux with our configuration and /dev/cmio, into the cache; returns the path of the raw
 * Image that is to lie at 0x80200000. The first call compiles for 4 to 5 minutes on two cores.
 *
 * Throws {@link KernelError}, or the toolbox's errors with the compiler's last lines.
 */
export async function buildKernel({ progress }: { progress: Progress }): Promise<string> {
  const lock = await readLock("kernel");
  const toolbox = await openToolbox({ progress });
  const inputs = {
    layout,
    source: lock.files.map(({ sha256 }) => sha256),
    toolbox: toolbox.key,
    config: await sha256OfFile(config),
    driver: await sha256OfFile(driver),
    make: makeWords,
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
        { host: config, guest: "/stage/config", readonly: true },
      ],
    });
  stage.update("unpacking the source");
  const excluded = unwanted.map((pattern) => `--exclude=linux-source-*/${pattern}`);
  await run([
    ...["sh", "-c", 'exec tar -x -J -f /stage/source/linux-source-*.tar.xz --strip-components=1 "$@"', "tar"],
    ...["-C", "/stage/kernel", "--no-same-owner", ...excluded],
  ]);
  await copyFile(driver, join(source, "drivers/misc/cartenix-cmio.c"));
  await appendFile(join(source, "drivers/misc/Makefile"), "obj-y += cartenix-cmio.o\n");
  stage.update("configuring");
  await run([...makeWords, "allnoconfig"]);
  await checkConfig(join(source, ".config"));
  let compiled = 0;
  await run([...makeWords, `-j${availableParallelism()}`, "Image"], (line) => {
    if (!/^ {2}(CC|AS) /.test(line)) {
      return;
    }
    compiled++;
    const percent = Math.min(99, Math.floor((100 * compiled) / expectedObjects));
    stage.update(`${percent} %, ${compiled} of about ${expectedObjects} objects compiled`);
  });
}

async function checkConfig(finished: string): Promise<void> {
  const unmet = unmetOptions(await readFile(config, "utf8"), await readFile(finished, "utf8"));
  if (unmet.length === 0) {
    return;
  }
  throw new KernelError("the kernel's configuration cannot be had as written", {
    details: unmet.join(", "),
    remedy:
      "see in the source's Kconfig files what these options depend on or what selects them, and mend machine/image/kernel/config",
  });
}
