import { fileURLToPath } from "node:url";
import { brotliDecompressSync } from "node:zlib";
import { type Hex, hexToBytes, zeroAddress } from "viem";
import { type PreparedBuild, prepareBuild } from "../client/index.ts";
import { advance, type Emulator, inspect, startEmulator } from "../machine/emulator/index.ts";
import { confineScript, makeTemplate, runJob, type Template } from "../machine/image/index.ts";
import {
  decodeReport,
  encodeBuild,
  encodeEvmAdvance,
  encodeQuery,
  encodeUpload,
  splitUploads,
} from "../protocol/index.ts";
import type { Progress } from "../support/index.ts";
import type { Bench, BenchFigure } from "./bench.ts";
import { BenchError } from "./benchError.ts";

/** What a build cost. */
interface Cost {
  /** Machine cycles, in millions. */
  cycles: number;
  /** Wall clock, on this computer. */
  seconds: number;
}

const PACKAGES = ["trivial", "greet", "hello"];

const bench: Bench = {
  description:
    "a request through the handler, including uploads, against nix-store --realise run by hand in the same machine",
  async run(progress) {
    const template = await makeTemplate({ progress });
    const figures: BenchFigure[] = [];
    for (const name of PACKAGES) {
      figures.push(...(await comparePackage(name, template, progress)));
    }
    return figures;
  },
};

export default bench;

async function comparePackage(name: string, template: Template, progress: Progress): Promise<BenchFigure[]> {
  const file = fileURLToPath(new URL(`../examples/${name}/default.nix`, import.meta.url));
  const build = await prepareBuild({ file, progress });
  const ours = await watched(progress, `${name}, through the handler`, () => throughHandler(build, template));
  const other = await watched(progress, `${name}, by hand`, () => byHand(build, ours.bundle, progress));
  return [
    { metric: `${name}, cycles`, unit: "million", ours: ours.cost.cycles, other: other.cycles },
    {
      metric: `${name}, cycles without uploads`,
      unit: "million",
      ours: ours.buildCycles,
      other: other.cycles,
    },
    { metric: `${name}, host time`, unit: "s", ours: ours.cost.seconds, other: other.seconds },
  ];
}

async function watched<Result>(
  progress: Progress,
  name: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const stage = progress.stage(name);
  const result = await work();
  stage.done();
  return result;
}

async function throughHandler(
  build: PreparedBuild,
  template: Template,
): Promise<{ cost: Cost; buildCycles: number; bundle: Uint8Array }> {
  await using machine = await startEmulator();
  await machine.load(template.directory);
  const missing = await missingIn(machine, build.closure);
  const { compressed: bundle } = await build.bundle(missing);
  const { sha256, uploads } = splitUploads(bundle);
  const payloads = [...uploads.map(encodeUpload), encodeBuild({ bundle: sha256, drvPath: build.drvPath })];
  let cycles = 0n;
  let buildCycles = 0n;
  const startedAt = performance.now();
  for (const [index, payload] of payloads.entries()) {
    const result = await advance(machine, inputOf(index, payload));
    if (result.status !== "accepted") {
      throw new BenchError(`the machine finished input ${index} with status ${result.status}`, {
        details: result.reports.map((report) => new TextDecoder().decode(report)).join("\n"),
      });
    }
    cycles += result.cycles;
    buildCycles = result.cycles;
  }
  const cost = { cycles: Number(cycles) / 1e6, seconds: secondsSince(startedAt) };
  return { cost, buildCycles: Number(buildCycles) / 1e6, bundle };
}

/**
 * Boots once with the import alone and once with import and build: the difference is the build. It has the limits of a build
 * through the handler, so that the kernel's resource accounting is in both figures.
 */
async function byHand(build: PreparedBuild, bundle: Uint8Array, progress: Progress): Promise<Cost> {
  const files = {
    closure: brotliDecompressSync(bundle),
    confine: Buffer.from(confineScript("/sys/fs/cgroup")),
  };
  const head = [
    "#!/bin/sh",
    "set -eu",
    "nix-store --import < /opt/cartenix/closure > /dev/null",
    "echo '+memory +pids' > /sys/fs/cgroup/cgroup.subtree_control",
    "cp /opt/cartenix/confine /run/confine",
    "chmod 755 /run/confine",
    "export NIX_CONFIG='use-cgroups = true",
    "pre-build-hook = /run/confine'",
    "",
  ].join("\n");
  const without = await runJob({ script: head, files, progress });
  const withBuild = await runJob({
    script: `${head}nix-store --realise ${build.drvPath}\n`,
    files,
    progress,
  });
  return {
    cycles: (withBuild.cycles - without.cycles) / 1e6,
    seconds: (withBuild.milliseconds - without.milliseconds) / 1e3,
  };
}

async function missingIn(machine: Emulator, paths: readonly string[]): Promise<string[]> {
  await using copy = await machine.fork();
  const { reports } = await inspect(copy, encodeQuery({ kind: "missing", paths: [...paths] }));
  const report = reports[0] && decodeReport(reports[0]);
  if (report?.kind !== "missing") {
    throw new BenchError("the machine did not report which paths it lacks");
  }
  return report.paths;
}

function inputOf(index: number, payload: Hex): Uint8Array {
  return hexToBytes(
    encodeEvmAdvance({
      chainId: 31_337n,
      application: zeroAddress,
      sender: zeroAddress,
      blockNumber: 1n,
      blockTimestamp: 1_700_000_000n,
      prevRandao: 0n,
      index: BigInt(index),
      payload,
    }),
  );
}

function secondsSince(startedAt: number): number {
  return (performance.now() - startedAt) / 1e3;
}
