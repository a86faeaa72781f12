import { randomBytes, randomInt } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { hashPath } from "../../client/store/index.ts";
import { makeScratchFolder } from "../../machine/packages/index.ts";
import { openToolbox, type Toolbox } from "../../machine/toolbox/index.ts";
import { formatSha256Sri } from "../../nix/index.ts";
import type { Progress } from "../../support/index.ts";
import type { BenchFigure } from "../bench.ts";
import { BenchError } from "../benchError.ts";

/** Both take turns, and the best of each counts: a busy computer makes a run longer, never shorter. */
const ROUNDS = 7;
const KIB = 1024;
const MIB = 1024 * KIB;
const MEGABYTE_BYTES = 1e6;

interface Tree {
  readonly name: string;
  readonly folder: string;
}

interface Run {
  readonly hash: string;
  readonly bytes: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
}

/** `hashPath` against `nix hash path` on the same trees. */
export async function measureHashing(progress: Progress): Promise<BenchFigure[]> {
  const toolbox = await openToolbox({ progress });
  await using scratch = makeScratchFolder("hashing");
  await mkdir(join(scratch.path, "empty"));
  const trees: Tree[] = [
    await writeFiles(scratch.path, "20,000 files of 1 to 4 KiB", 20_000, () => randomInt(KIB, 4 * KIB)),
    await writeFiles(scratch.path, "4 files of 256 MiB", 4, () => 256 * MIB),
  ];
  const figures: BenchFigure[] = [];
  for (const tree of trees) {
    figures.push(...(await compare(tree, scratch.path, toolbox, progress)));
  }
  return figures;
}

async function writeFiles(root: string, name: string, count: number, lengthOf: () => number): Promise<Tree> {
  const folder = String(count);
  for (let index = 0; index < count; index += 1) {
    const subfolder = join(root, folder, String(index % 100));
    await mkdir(subfolder, { recursive: true });
    await writeFile(join(subfolder, `${index}.txt`), randomBytes(lengthOf()));
  }
  return { name, folder };
}

async function compare(
  { name, folder }: Tree,
  root: string,
  toolbox: Toolbox,
  progress: Progress,
): Promise<BenchFigure[]> {
  const stage = progress.stage(`hashing ${name}`);
  const ours: Run[] = [];
  const others: Omit<Run, "bytes">[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    stage.update(`round ${round + 1} of ${ROUNDS}`);
    ours.push(await runOurs(join(root, folder)));
    others.push(await runNix(toolbox, root, folder));
  }
  const [{ hash, bytes }] = ours as [Run];
  if ([...ours, ...others].some((run) => run.hash !== hash)) {
    throw new BenchError("nix hash path has another hash", { details: `${others[0]!.hash}, ours ${hash}` });
  }
  stage.done();
  const speed = (runs: readonly { seconds: number }[]) =>
    bytes / MEGABYTE_BYTES / Math.min(...runs.map(({ seconds }) => seconds));
  const cpu = (runs: readonly { cpuSeconds: number }[]) =>
    Math.min(...runs.map(({ cpuSeconds }) => cpuSeconds));
  return [
    { metric: `hashing ${name} / nix hash path`, unit: "MB/s", ours: speed(ours), other: speed(others) },
    { metric: `processor time of ${name} / nix hash path`, unit: "s", ours: cpu(ours), other: cpu(others) },
  ];
}

async function runOurs(path: string): Promise<Run> {
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const { sha256, size } = await hashPath(path);
  const seconds = (performance.now() - startedAt) / 1e3;
  const { user, system } = process.cpuUsage(cpuBefore);
  return { hash: formatSha256Sri(sha256), bytes: size, seconds, cpuSeconds: (user + system) / 1e6 };
}

/** What Nix takes to start is subtracted: it is measured with an empty folder, right before. */
const SCRIPT = `
TIMEFORMAT='%R %U %S'
timed() { { time nix hash path "$1" 2> /dev/null; } 2>&1; }
timed empty
timed "$0"
`;

async function runNix(toolbox: Toolbox, root: string, folder: string): Promise<Omit<Run, "bytes">> {
  const output = await toolbox.run(["bash", "-euc", SCRIPT, folder], {
    cwd: "/mnt",
    env: { NIX_CONFIG: "extra-experimental-features = nix-command", NIX_REMOTE: "dummy://" },
    binds: [{ host: root, guest: "/mnt", readonly: true }],
  });
  const [, start = "", hash = "", whole = ""] = output.toString("utf8").split("\n");
  const [startSeconds, startCpu] = parseTimes(start);
  const [seconds, cpuSeconds] = parseTimes(whole);
  return { hash, seconds: seconds - startSeconds, cpuSeconds: cpuSeconds - startCpu };
}

function parseTimes(line: string): [seconds: number, cpuSeconds: number] {
  const [real = Number.NaN, user = Number.NaN, system = Number.NaN] = line.split(" ").map(Number);
  return [real, user + system];
}
