import { readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Hex } from "viem";
import { MAX_INPUT_CYCLES } from "../../../protocol/index.ts";
import { emulatorBinary } from "../../emulator/index.ts";
import {
  describeFile,
  describeFiles,
  hostPackages,
  IMAGE_LOCKS,
  type PinnedFile,
  readLock,
} from "../../packages/index.ts";
import { BOOT_ARGUMENTS, RAM_BYTES } from "../boot/machineConfig.ts";
import type { Snapshot } from "../boot/takeSnapshot.ts";
import type { FilledDrive } from "../seed/fillStore.ts";
import { formatManifest, MANIFEST_FORMAT, type Manifest } from "./manifest.ts";

/** The results of the stages, as files in the cache. */
export interface StageResults {
  readonly firmware: string;
  readonly kernel: string;
  readonly rootDrive: string;
  readonly filled: FilledDrive;
  readonly handlerJob: string;
  readonly snapshot: Snapshot;
  readonly registry: Hex;
}

const MACHINE_FOLDER = fileURLToPath(new URL("../..", import.meta.url));
const SOURCES = [
  "evaluator/cartenix",
  "image/firmware/cartesi",
  "image/kernel/cmio.c",
  "image/kernel/config",
  "image/rootfs/overlay",
  "image/seed/job",
  "image/shell/config",
];

/** The manifest beside a snapshot. The first call writes it, and reads all drives for that. */
export async function makeManifest(made: StageResults): Promise<Manifest> {
  const file = join(dirname(made.snapshot.directory), "manifest.json");
  const known = await readFile(file, "utf8").then(
    (text) => JSON.parse(text) as Manifest,
    () => undefined,
  );
  if (known?.format === MANIFEST_FORMAT) {
    return known;
  }
  const manifest = await describe(made);
  await writeFile(`${file}.${process.pid}`, formatManifest(manifest));
  await rename(`${file}.${process.pid}`, file);
  return manifest;
}

async function describe(made: StageResults): Promise<Manifest> {
  const { filled, snapshot } = made;
  const emulator = await emulatorBinary();
  const packages: Record<string, readonly PinnedFile[]> = {};
  for (const name of IMAGE_LOCKS) {
    packages[name] = (await readLock(name)).files;
  }
  packages.toolbox = (await readLock(hostPackages().toolboxLock)).files;
  return {
    format: MANIFEST_FORMAT,
    templateHash: snapshot.templateHash,
    machine: {
      ramSize: RAM_BYTES,
      bootArguments: BOOT_ARGUMENTS,
      maxInputCycles: Number(MAX_INPUT_CYCLES),
    },
    emulator: { version: emulator.version, sha256: emulator.sha256 },
    registry: made.registry,
    made: {
      firmware: await describeFile(made.firmware),
      kernel: await describeFile(made.kernel),
      rootDrive: await describeFile(made.rootDrive),
      filledRootDrive: await describeFile(filled.file),
    },
    cycles: { seed: filled.cycles, firstBoot: snapshot.cycles },
    handler: await describeFiles(made.handlerJob, ["."]),
    sources: await describeFiles(MACHINE_FOLDER, SOURCES),
    packages,
  };
}
