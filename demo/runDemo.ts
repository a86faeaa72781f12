import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import type { PublicClient } from "viem";
import { lookUp, prepareBuild, type Statement, streamNar, waitForProof } from "../client/index.ts";
import { makeTemplate } from "../machine/image/index.ts";
import type { CartenixNode } from "../machine/node/index.ts";
import { formatSha256Sri } from "../nix/index.ts";
import { formatNarHash } from "../protocol/index.ts";
import type { Progress } from "../support/index.ts";
import { millions, submitBuild, watchBuild } from "./buildInMachine.ts";
import { DemoError } from "./demoError.ts";
import type { DemoResult } from "./demoResult.ts";
import { EXAMPLES } from "./examples.ts";
import { queryHash } from "./queryHash.ts";
import { LOCAL_POLL_MS, startDeployedChain, startLocalIndexer, startLocalNode } from "./startStack.ts";
import { createStopwatch } from "./stopwatch.ts";

export interface RunDemoOptions {
  /** A name in {@link EXAMPLES}. */
  example: string;
  progress: Progress;
  /** Ends the demo; everything that it started is stopped. */
  signal: AbortSignal;
}

/**
 * Takes one build request from a Nix expression to GraphQL: every part is real, and runs on this computer.
 *
 * @throws {DemoError} when the record or the statement lacks the output.
 */
export async function runDemo({ example, progress, signal }: RunDemoOptions): Promise<DemoResult> {
  const { time, stages } = createStopwatch(progress, signal);
  await using running = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "cartenix-demo-"));
  running.defer(() => rm(folder, { recursive: true, force: true }));

  const template = await time("machine template", async (stage) => {
    const made = await makeTemplate({ progress });
    stage.done(made.templateHash);
    return made;
  });
  const build = await time("evaluate the derivation", async (stage) => {
    const prepared = await prepareBuild({ file: EXAMPLES[example]!, progress });
    stage.done(prepared.drvPath);
    return prepared;
  });
  const chain = await time("chain and contracts", async (stage) => {
    const deployed = await startDeployedChain(template, folder, running, signal);
    stage.done(`application ${deployed.deployment.application}, registry ${deployed.deployment.registry}`);
    return deployed;
  });
  const { deployment, publicClient } = chain;
  const [{ node, machine }, indexer] = await time("node and indexer", (stage) => {
    stage.update("starting");
    return Promise.all([
      startLocalNode(chain, template, folder, running, { signal }),
      startLocalIndexer(chain, folder, running, { signal }),
    ]);
  });

  const inputs = await time("submit", (stage) => submitBuild(build, chain, machine, stage));
  const inputIndex = inputs.at(-1)!;
  const { answer, cycles } = await time("build in the machine", async (stage) => {
    const answered = await watchBuild(node, machine, inputIndex, stage, signal);
    const spent = inputs.reduce((sum, index) => sum + (node.cyclesOf(index) ?? 0n), 0n);
    stage.done(`${millions(spent)} million cycles`);
    return { answer: answered, cycles: spent };
  });
  await time("claim", async (stage) => {
    for (const outputIndex of answer.voucherIndexes) {
      await waitForProof({ machine, inputIndex, outputIndex, pollMs: LOCAL_POLL_MS, signal });
    }
    stage.done("accepted");
  });
  await time("execute the voucher", async (stage) => {
    const gas = await executeAll(node, publicClient, answer.voucherIndexes);
    stage.done(`output ${answer.voucherIndexes.join(", ")}; ${gas} gas`);
  });

  const { application, registry } = deployment;
  const outPath = build.outputs.find(({ name }) => name === "out")!.path;
  const record = await time("query the contract", () =>
    lookUp({ publicClient, registry, application, storePath: outPath }),
  );
  if (!record) {
    throw new DemoError(`the registry has no record of ${outPath}`);
  }
  const graphql = await time("query the indexer", () => queryHash(indexer, application, outPath, signal));
  const nar = await time("fetch the NAR", async (stage) => {
    const pieces = await Readable.from(streamNar(machine, outPath, signal)).toArray();
    const bytes = Buffer.concat(pieces);
    stage.done(`${bytes.length} bytes`);
    return bytes;
  });

  return {
    templateHash: template.templateHash,
    application,
    registry,
    drvPath: build.drvPath,
    outPath,
    narHash: {
      machine: formatNarHash(`0x${statedHash(answer.statement, outPath)}`),
      chain: formatNarHash(record.narHash),
      graphql,
      local: formatSha256Sri(createHash("sha256").update(nar).digest()),
    },
    cycles: Number(cycles),
    stages: [...stages],
  };
}

async function executeAll(
  node: CartenixNode,
  publicClient: PublicClient,
  outputIndexes: readonly bigint[],
): Promise<bigint> {
  let gas = 0n;
  for (const index of outputIndexes) {
    const hash = await node.executeOutput(index);
    if (!hash) {
      throw new DemoError(`output ${index} was already executed`);
    }
    gas += (await publicClient.waitForTransactionReceipt({ hash })).gasUsed;
  }
  return gas;
}

function statedHash({ outputs }: Statement, outPath: string): string {
  const stated = outputs.find(({ path }) => path === outPath);
  if (!stated) {
    throw new DemoError(`the machine's statement does not name ${outPath}`);
  }
  return stated.narHash;
}
