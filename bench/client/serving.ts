import { fork } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { Agent, get, type IncomingMessage } from "node:http";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { toHex } from "viem";
import { makeScratchFolder } from "../../machine/packages/index.ts";
import { encodeNar, formatBase32, STORE_DIR } from "../../nix/index.ts";
import { formatDeployment } from "../../protocol/deployments/index.ts";
import { formatNarInfo } from "../../substituter/index.ts";
import type { Progress } from "../../support/index.ts";
import { largeNar } from "../../test/cli/support/largeNar.ts";
import { type RunningCartenix, startCartenix } from "../../test/cli/support/startCartenix.ts";
import { type Offered, offerOf } from "../../test/cli/support/upstreamCache.ts";
import { helloOutput, storePath } from "../../test/contracts/support/sampleOutputs.ts";
import { startRollup } from "../../test/indexer/support/startRollup.ts";
import type { BenchFigure } from "../bench.ts";
import { BenchError } from "../benchError.ts";

const MEGABYTE_BYTES = 1e6;
/** All take turns, and the best of each counts: a busy computer makes a run longer, never shorter. */
const ROUNDS = 5;
const SMALL_NARS = 100;
const GOAL_MS = 10;
const OUTPUTS_PER_RECORD = 50;
const STATIC_SERVER = fileURLToPath(new URL("staticServer.ts", import.meta.url));

/** `cartenix serve` in front of a static file server, against that server alone. */
export async function measureServing(progress: Progress): Promise<BenchFigure[]> {
  await using scratch = makeScratchFolder("serving");
  const stage = progress.stage("cartenix serve");
  const large = largeNar(storePath("serving", "large"), 512 * MEGABYTE_BYTES);
  const huge = largeNar(storePath("serving", "huge"), 1_000 * MEGABYTE_BYTES);
  const small = Array.from({ length: SMALL_NARS }, (_, index) => smallNar(index));
  const upstreamFolder = join(scratch.path, "upstream");
  await writeCache(upstreamFolder, [large, huge, ...small]);
  const rollup = await startRollup();
  const upstream = await startStaticServer(upstreamFolder);
  let serving: RunningCartenix | undefined;
  try {
    const deployment = await rollup.deploy();
    const outputs = [large, huge, ...small].map(recordedAs);
    for (let first = 0; first < outputs.length; first += OUTPUTS_PER_RECORD) {
      const some = outputs.slice(first, first + OUTPUTS_PER_RECORD);
      await rollup.record(deployment.application, deployment.registry, some);
    }
    const file = join(scratch.path, "deployment.json");
    await writeFile(file, formatDeployment(deployment));
    const cache = join(scratch.path, "cache");
    serving = await startCartenix(
      [
        "serve",
        "--rpc-url",
        rollup.chain.rpcUrl,
        "--deployment",
        file,
        "--port",
        "0",
        "--cache",
        upstream.url,
      ],
      { CARTENIX_CACHE: cache, XDG_CONFIG_HOME: join(scratch.path, "config") },
    );
    const url = String((await serving.seen({ event: "listening" })).url);
    stage.update("narinfos");
    const figures = await compareNarInfos(url, upstream.url, small);
    const peakBefore = await peakMegabytes(serving.pid);
    await secondsOf(narUrl(url, huge), huge.narSize);
    const peak = await peakMegabytes(serving.pid);
    figures.push({
      metric: "peak memory after a NAR of 1 GB / before",
      unit: "MB",
      ours: peak,
      other: peakBefore,
    });
    const [cold, kept, plain]: [number[], number[], number[]] = [[], [], []];
    for (let round = 0; round < ROUNDS; round += 1) {
      stage.update(`round ${round + 1} of ${ROUNDS}`);
      plain.push(await secondsOf(`${upstream.url}/${upstreamPlace(large)}`, large.narSize));
      await rm(join(cache, "nars"), { recursive: true });
      await mkdir(join(cache, "nars"));
      cold.push(await secondsOf(narUrl(url, large), large.narSize));
      kept.push(await secondsOf(narUrl(url, large), large.narSize));
    }
    stage.done();
    const speed = (seconds: readonly number[]) => large.narSize / MEGABYTE_BYTES / Math.min(...seconds);
    return [
      {
        metric: "serving a NAR of 512 MB, cold / static file",
        unit: "MB/s",
        ours: speed(cold),
        other: speed(plain),
      },
      {
        metric: "serving it from the disk / static file",
        unit: "MB/s",
        ours: speed(kept),
        other: speed(plain),
      },
      ...figures,
    ];
  } finally {
    await serving?.interrupt();
    upstream.stop();
    await rollup.stop();
  }
}

function smallNar(index: number): Offered {
  const contents = Buffer.from(`${index}`);
  const nar = encodeNar({ kind: "regular", executable: false, contents });
  return offerOf(storePath(`served ${index}`, "small"), nar);
}

function recordedAs({ storePath: path, narHash, narSize }: Offered) {
  return helloOutput(path, {
    storePath: path,
    narHash: toHex(narHash),
    narSize: BigInt(narSize),
    references: [],
  });
}

async function writeCache(folder: string, offers: readonly Offered[]): Promise<void> {
  await mkdir(join(folder, "nar"), { recursive: true });
  for (const offer of offers) {
    const { storePath: path, narHash, narSize } = offer;
    const url = upstreamPlace(offer);
    const text = formatNarInfo({
      ...{ storePath: path, narHash, narSize, references: [], signatures: [] },
      ...{ url, compression: "none" },
    });
    await writeFile(join(folder, `${hashPartOf(offer)}.narinfo`), text);
    await pipeline(Readable.from(offer.read()), createWriteStream(join(folder, url)));
  }
}

function hashPartOf({ storePath: path }: Offered): string {
  return path.slice(STORE_DIR.length + 1).slice(0, 32);
}

function upstreamPlace(offer: Offered): string {
  return `nar/${hashPartOf(offer)}.nar`;
}

function narUrl(url: string, offer: Offered): string {
  return `${url}/nar/${formatBase32(offer.narHash)}-${hashPartOf(offer)}.nar`;
}

/** Each is asked for twice: the first time `serve` asks cache and chain, then it remembers them. */
async function compareNarInfos(
  url: string,
  upstreamUrl: string,
  offers: readonly Offered[],
): Promise<BenchFigure[]> {
  const figures: BenchFigure[] = [];
  for (const what of ["cold", "remembered"]) {
    const added: number[] = [];
    for (const offer of offers) {
      const place = `${hashPartOf(offer)}.narinfo`;
      const direct = await secondsOf(`${upstreamUrl}/${place}`);
      added.push(((await secondsOf(`${url}/${place}`)) - direct) * 1e3);
    }
    added.sort((a, b) => a - b);
    for (const percent of [50, 95]) {
      const ours = added[Math.ceil((added.length * percent) / 100) - 1]!;
      figures.push({
        metric: `added to a ${what} narinfo, p${percent} / goal`,
        unit: "ms",
        ours,
        other: GOAL_MS,
      });
    }
  }
  return figures;
}

const agent = new Agent({ keepAlive: true });

async function secondsOf(url: string, size?: number): Promise<number> {
  const startedAt = performance.now();
  const [response] = (await once(get(url, { agent }), "response")) as [IncomingMessage];
  let length = 0;
  response.on("data", (piece: Buffer) => {
    length += piece.length;
  });
  await once(response, "end");
  if (response.statusCode !== 200 || length !== (size ?? length)) {
    throw new BenchError(`${url} answers HTTP ${response.statusCode} with ${length} bytes`);
  }
  return (performance.now() - startedAt) / 1e3;
}

async function peakMegabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)![1]) / 1e3;
}

async function startStaticServer(folder: string) {
  const child = fork(STATIC_SERVER, [folder]);
  const [url] = (await once(child, "message")) as [string];
  return { url, stop: () => child.disconnect() };
}
