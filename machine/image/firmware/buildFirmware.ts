import { cp, mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Progress } from "../../../support/index.ts";
import { cachedFolder, fetchPinned, readLock, sha256OfFile } from "../../packages/index.ts";
import { openToolbox, type Toolbox } from "../../toolbox/index.ts";
import { FirmwareError } from "../imageErrors.ts";
import { firmwareConfigHeader } from "./firmwareConfig.ts";

const PLATFORM = fileURLToPath(new URL("cartesi", import.meta.url));
const PLATFORM_FILES = ["platform.c", "objects.mk", "configs/defconfig"];
const LAYOUT = 1;

/** How many objects the current configuration compiles, only to show progress. */
const EXPECTED_OBJECTS = 48;

// The Makefile computes these folders by calling the shell, and exports variables derived from them: GNU make 4.4 would
// evaluate them again for each shell call, which takes minutes.
const MAKE_COMMAND = [
  ...["sh", "make", "-C", "source", "-j4", "CROSS_COMPILE=riscv64-linux-gnu-"],
  ...["PLATFORM=cartesi", "PLATFORM_DIR=/stage/firmware", "platform_dir_path=/stage/firmware"],
  ...["build_dir=/stage/firmware/build", "install_root_dir=/stage/firmware/install"],
];

/** What the emulator's device tree reserves for the firmware at 0x80000000, without heap and stacks. */
const MAX_FIRMWARE_BYTES = 0x40000 - 0x10000;

/**
 * Builds the firmware, Debian's OpenSBI with our platform, into the cache; returns the path of the raw binary. It is
 * loaded at 0x80000000 and jumps to a kernel at 0x80200000.
 *
 * @throws {FirmwareError} when its source is not pinned, or when it is too large.
 * @throws {ToolboxCommandError} with the compiler's last lines when it does not compile.
 */
export async function buildFirmware({ progress }: { progress: Progress }): Promise<string> {
  const lock = await readLock("sources");
  const source = lock.files.filter(({ name }) => name === "opensbi");
  const toolbox = await openToolbox({ progress });
  const inputs = {
    layout: LAYOUT,
    source: source.map(({ sha256 }) => sha256),
    toolbox: toolbox.key,
    make: MAKE_COMMAND,
    platform: await Promise.all(PLATFORM_FILES.map((name) => sha256OfFile(join(PLATFORM, name)))),
  };
  const folder = await cachedFolder({
    name: "firmware",
    progress,
    inputs,
    make: async (output) => {
      const [tarball] = await fetchPinned(source, { progress, name: "firmware's source" });
      if (!tarball) {
        throw new FirmwareError("machine/packages/lock/sources.json does not pin opensbi", {
          remedy: "add opensbi to machine/packages/lock/requests/sources.json and run npm run template:lock",
        });
      }
      await compile(toolbox, tarball.file, output, progress);
    },
  });
  return join(folder, "fw_jump.bin");
}

async function compile(toolbox: Toolbox, tarball: string, output: string, progress: Progress): Promise<void> {
  const stage = progress.stage("firmware");
  const scratch = join(output, "scratch");
  try {
    await writeSources(scratch);
    let compiled = 0;
    await toolbox.run(
      [
        "sh",
        "-c",
        'tar -xzf /stage/opensbi.tar.gz --strip-components=1 -C source && exec "$@"',
        ...MAKE_COMMAND,
      ],
      {
        cwd: "/stage/firmware",
        binds: [
          { host: scratch, guest: "/stage/firmware" },
          { host: tarball, guest: "/stage/opensbi.tar.gz", readonly: true },
        ],
        onLine: (line) => {
          if (/^ (CC|AS) /.test(line)) {
            stage.update(`${++compiled} of about ${EXPECTED_OBJECTS} objects compiled`);
          }
        },
      },
    );
    const binary = join(scratch, "build/platform/cartesi/firmware/fw_jump.bin");
    const { size } = await stat(binary);
    if (size > MAX_FIRMWARE_BYTES) {
      throw new FirmwareError(
        `the firmware has ${size} bytes, the machine reserves ${MAX_FIRMWARE_BYTES} for it`,
        {
          remedy: "disable what it does not need in machine/image/firmware/cartesi/configs/defconfig",
        },
      );
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

/** Writes the platform and its finished configuration. The configuration is last, so that make considers it up to date. */
async function writeSources(scratch: string): Promise<void> {
  const kconfig = join(scratch, "build/platform/cartesi/kconfig");
  await mkdir(join(scratch, "source"), { recursive: true });
  await mkdir(kconfig, { recursive: true });
  for (const name of PLATFORM_FILES) {
    await cp(join(PLATFORM, name), join(scratch, "cartesi", name));
  }
  const config = await readFile(join(PLATFORM, "configs/defconfig"), "utf8");
  await writeFile(join(kconfig, ".config"), config);
  await writeFile(join(kconfig, "auto.conf"), config);
  await writeFile(join(kconfig, "autoconf.h"), firmwareConfigHeader(config));
  await writeFile(join(kconfig, "auto.list"), "");
  await writeFile(join(kconfig, "auto.conf.cmd"), "");
}
