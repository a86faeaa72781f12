import { readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Hex } from "viem";
import { emulatorBinary } from "../../emulator/index.ts";
import { type PinnedFile, readLock } from "../../packages/index.ts";
import { BOOT_ARGUMENTS, RAM_BYTES } from "../boot/machineConfig.ts";
import type { Snapshot } from "../boot/takeSnapshot.ts";
import type { FilledDrive } from "../seed/fillStore.ts";
import { describeFile, describeFiles } from "./describeFiles.ts";
import { formatManifest, MANIFEST_FORMAT, type Manifest } from "./manifest.ts";

/** What the stages left in the cache, and what they said about it. */
export interface Made {
  readonly firmware: string;
  readonly kernel: string;
  readonly rootDrive: string;
  readonly filled: FilledDrive;
  readonly handlerJob: string;
  readonly snapshot: Snapshot;
  readonly registry: Hex;
}

const machine = fileURLToPath(new URL("../..", import.meta.url));
const sources = [
  "evaluator/cartenix",
  "image/firmware/cartesi",
  "image/kernel/cmio.c",
  "image/kernel/config",
  "image/rootfs/overlay",
  "image/seed/job",
];
const locks = ["kernel", "rootfs", "seed", "sources", "toolbox"] as const;

/** The manifest beside a snapshot; written there the first time, for which all drives are read once. */
export async function makeManifest(made: Made): Promise<Manifest> {
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

async function describe(made: Made): Promise<Manifest> {
  const { filled, snapshot } = made;
  const emulator = await emulatorBinary();
  const packages: Record<string, readonly PinnedFile[]> = {};
  for (const name of locks) {
    packages[name] = (await readLock(name)).files;
  }
  return {
    format: MANIFEST_FORMAT,
    templateHash: snapshot.templateHash,
    machine: { ramSize: RAM_BYTES, bootArguments: BOOT_ARGUMENTS },
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
    sources: await describeFiles(machine, sources),
    packages,
  };
}
