import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createClient, toHex } from "viem";
import { boundedHttp, type PathAtHand, verifyPaths } from "../../client/index.ts";
import { hashPath, localClosure } from "../../client/store/index.ts";
import { makeScratchFolder } from "../../machine/packages/index.ts";
import { STORE_DIR } from "../../nix/index.ts";
import type { Deployment } from "../../protocol/deployments/index.ts";
import type { Progress } from "../../support/index.ts";
import { helloOutput, storePath } from "../../test/contracts/support/sampleOutputs.ts";
import { type Rollup, startRollup } from "../../test/indexer/support/startRollup.ts";
import type { BenchFigure } from "../bench.ts";
import { BenchError } from "../benchError.ts";

const PATHS = 1_000;
const FILES = 8;
const FILE_BYTES = 32 * 1024;
/** Both take turns, and the best of each counts. */
const ROUNDS = 5;
const OUTPUTS_PER_RECORD = 50;

/** Verifying a closure of 1,000 paths as `verify --recursive` does without Nix, against hashing them alone. */
export async function measureVerifying(progress: Progress): Promise<BenchFigure[]> {
  await using scratch = makeScratchFolder("verifying");
  const stage = progress.stage(`verifying ${PATHS} paths`);
  const paths = await writeStore(scratch.path);
  const rollup = await startRollup();
  try {
    const deployment = await rollup.deploy();
    await recordAll(rollup, deployment, scratch.path, paths);
    const ours: number[] = [];
    const others: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      stage.update(`round ${round + 1} of ${ROUNDS}`);
      others.push(await secondsOf(() => hashAll(scratch.path, paths)));
      ours.push(await secondsOf(() => verifyAll(rollup, deployment, scratch.path, paths[0]!)));
    }
    stage.done();
    const metric = `verifying ${PATHS} paths / hashing them`;
    return [{ metric, unit: "s", ours: Math.min(...ours), other: Math.min(...others) }];
  } finally {
    await rollup.stop();
  }
}

/** Each path refers to the next one. */
async function writeStore(folder: string): Promise<string[]> {
  const paths = Array.from({ length: PATHS }, (_, index) => storePath(`member ${index}`, "member"));
  for (const [index, path] of paths.entries()) {
    const place = placeOf(folder, path);
    await mkdir(place);
    await writeFile(join(place, "next"), paths[index + 1] ?? "");
    for (let count = 0; count < FILES; count += 1) {
      await writeFile(join(place, `${count}`), randomBytes(FILE_BYTES));
    }
  }
  return paths;
}

async function recordAll(rollup: Rollup, deployment: Deployment, folder: string, paths: readonly string[]) {
  const hashes = await hashAll(folder, paths);
  const outputs = hashes.map(({ storePath: path, nar }) =>
    helloOutput(path, { storePath: path, narHash: toHex(nar.sha256), narSize: BigInt(nar.size) }),
  );
  for (let first = 0; first < PATHS; first += OUTPUTS_PER_RECORD) {
    const some = outputs.slice(first, first + OUTPUTS_PER_RECORD);
    await rollup.record(deployment.application, deployment.registry, some);
  }
}

async function hashAll(folder: string, paths: readonly string[]): Promise<PathAtHand[]> {
  const hashed: PathAtHand[] = [];
  for (const path of paths) {
    const place = placeOf(folder, path);
    hashed.push({ storePath: path, place, references: [], nar: await hashPath(place) });
  }
  return hashed;
}

async function verifyAll(rollup: Rollup, deployment: Deployment, folder: string, root: string) {
  const client = createClient({ transport: boundedHttp(rollup.chain.rpcUrl) });
  const closure = await localClosure([root], { storeFolder: folder });
  const verified = await verifyPaths(client, {
    authority: { kind: "application", address: deployment.application },
    registry: deployment.registry,
    paths: closure.map(({ path, nar, ...rest }) => ({ ...rest, storePath: path, nar: nar! })),
    blockNumber: await rollup.client.getBlockNumber(),
  });
  if (verified.length !== PATHS || verified.some(({ status }) => status !== "accepted")) {
    throw new BenchError("not all paths were accepted");
  }
}

function placeOf(folder: string, path: string): string {
  return join(folder, path.slice(STORE_DIR.length));
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1e3;
}
