import { cp, mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Progress } from "../../../support/index.ts";
import { cachedFolder, fetchPinned, readLock, sha256OfFile } from "../../packages/index.ts";
import { openToolbox, type Toolbox } from "../../toolbox/index.ts";
import { firmwareConfigHeader } from "./firmwareConfig.ts";
import { FirmwareError } from "./firmwareError.ts";

const platform = fileURLToPath(new URL("cartesi", import.meta.url));
const platformFiles = ["platform.c", "objects.mk", "configs/defconfig"];
const layout = 1;

/** How many objects the present configuration compiles: only the progress shown depends on it. */
const expectedObjects = 48;

// The Makefile finds these folders by calling the shell, and exports what follows from them: GNU make 4.4 would evaluate
// all that again for each of its shell calls, which takes minutes.
const makeWords = [
  ...["sh", "make", "-C", "source", "-j4", "CROSS_COMPILE=riscv64-linux-gnu-"],
  ...["PLATFORM=cartesi", "PLATFORM_DIR=/stage/firmware", "platform_dir_path=/stage/firmware"],
  ...["build_dir=/stage/firmware/build", "install_root_dir=/stage/firmware/install"],
];

/** What the emulator's device tree reserves for the firmware at 0x80000000; the heap and stacks are not in the file. */
const largestFirmware = 0x40000 - 0x10000;

/**
 * Builds the firmware, Debian's OpenSBI with our platform, into the cache; returns the path of the raw binary that is
 * to lie at 0x80000000 and that jumps to a kernel at 0x80200000.
 *
 * Throws {@link FirmwareError}, or the toolbox's errors with the compiler's last lines.
 */
export async function buildFirmware({ progress }: { progress: Progress }): Promise<string> {
  const lock = await readLock("sources");
  const source = lock.files.filter(({ name }) => name === "opensbi");
  const toolbox = await openToolbox({ progress });
  const inputs = {
    layout,
    source: source.map(({ sha256 }) => sha256),
    toolbox: toolbox.key,
    make: makeWords,
    platform: await Promise.all(platformFiles.map((name) => sha256OfFile(join(platform, name)))),
  };
  const folder = await cachedFolder({
    name: "firmware",
    progress,
    inputs,
    make: async (output) => {
      const [tarball] = await fetchPinned(source, { progress, name: "firmware's source" });
      if (!tarball) {
        throw new FirmwareError("machine/packages/lock/sources.json pins no opensbi", relock);
      }
      await compile(toolbox, tarball.file, output, progress);
    },
  });
  return join(folder, "fw_jump.bin");
}

const relock = { remedy: "npm run template:lock" };

async function compile(toolbox: Toolbox, tarball: string, output: string, progress: Progress): Promise<void> {
  const stage = progress.stage("firmware");
  const scratch = join(output, "scratch");
  try {
    await layOut(scratch);
    let compiled = 0;
    await toolbox.run(
      [
        "sh",
        "-c",
        'tar -xzf /stage/opensbi.tar.gz --strip-components=1 -C source && exec "$@"',
        ...makeWords,
      ],
      {
        cwd: "/stage/firmware",
        binds: [
          { host: scratch, guest: "/stage/firmware" },
          { host: tarball, guest: "/stage/opensbi.tar.gz", readonly: true },
        ],
        onLine: (line) => {
          if (/^ (CC|AS) /.test(line)) {
            stage.update(`${++compiled} of about ${expectedObjects} objects compiled`);
          }
        },
      },
    );
    const binary = join(scratch, "build/platform/cartesi/firmware/fw_jump.bin");
    const { size } = await stat(binary);
    if (size > largestFirmware) {
      throw new FirmwareError(`the firmware has ${size} bytes, more than the machine reserves for it`, {
        remedy: "switch off what it does not need in machine/image/firmware/cartesi/configs/defconfig",
      });
    }
    await rename(binary, join(output, "fw_jump.bin"));
    stage.done(`${compiled} objects, ${size} bytes`);
  } catch (error) {
    stage.fail();
    throw error;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Lays out the platform and a finished configuration, written last so that make finds nothing to do for it. */
async function layOut(scratch: string): Promise<void> {
  const kconfig = join(scratch, "build/platform/cartesi/kconfig");
  await mkdir(join(scratch, "source"), { recursive: true });
  await mkdir(kconfig, { recursive: true });
  for (const name of platformFiles) {
    await cp(join(platform, name), join(scratch, "cartesi", name));
  }
  const config = await readFile(join(platform, "configs/defconfig"), "utf8");
  await writeFile(join(kconfig, ".config"), config);
  await writeFile(join(kconfig, "auto.conf"), config);
  await writeFile(join(kconfig, "autoconf.h"), firmwareConfigHeader(config));
  await writeFile(join(kconfig, "auto.list"), "");
  await writeFile(join(kconfig, "auto.conf.cmd"), "");
}
