import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { makeScratchFolder } from "../../machine/packages/index.ts";
import { formatDeployment } from "../../protocol/deployments/index.ts";
import type { Progress } from "../../support/index.ts";
import { bundledCommand } from "../../test/cli/support/bundledCommand.ts";
import { helloOutput } from "../../test/contracts/support/sampleOutputs.ts";
import { startRollup } from "../../test/indexer/support/startRollup.ts";
import type { BenchFigure } from "../bench.ts";
import { BenchError } from "../benchError.ts";

/** The best of these counts: a busy computer makes a run longer, never shorter. */
const ROUNDS = 7;

/** `cartenix lookup` from cold, against what Node takes to start and do nothing. */
export async function measureLookup(progress: Progress): Promise<BenchFigure[]> {
  await using scratch = makeScratchFolder("lookup");
  const command = await bundledCommand();
  const rollup = await startRollup();
  const endpoint = await startEndpoint(rollup.chain.rpcUrl);
  try {
    const deployment = await rollup.deploy();
    const file = join(scratch.path, "deployment.json");
    await writeFile(file, formatDeployment(deployment));
    const output = helloOutput("looked up");
    await rollup.record(deployment.application, deployment.registry, [output]);
    const args = ["lookup", "--rpc-url", endpoint.url, "--deployment", file, "--", output.storePath];
    const stage = progress.stage("cartenix lookup from cold");
    const ours: number[] = [];
    const others: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      stage.update(`round ${round + 1} of ${ROUNDS}`);
      ours.push(await secondsOf([command, ...args]));
      others.push(await secondsOf(["--eval", ""]));
    }
    stage.done();
    return [
      {
        metric: "cartenix lookup / node alone",
        unit: "s",
        ours: Math.min(...ours),
        other: Math.min(...others),
      },
      { metric: "HTTP requests of a lookup / goal", unit: "", ours: endpoint.requests() / ROUNDS, other: 2 },
    ];
  } finally {
    endpoint.stop();
    await rollup.stop();
  }
}

async function secondsOf(args: readonly string[]): Promise<number> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "inherit"] });
  const [exitCode] = await once(child, "close");
  if (exitCode !== 0) {
    throw new BenchError(`node ${args[0]} ended with ${exitCode}`);
  }
  return (performance.now() - startedAt) / 1e3;
}

/** Counts the requests to an endpoint. */
async function startEndpoint(rpcUrl: string) {
  let requests = 0;
  const server = createServer(async (request, response) => {
    requests += 1;
    let body = "";
    for await (const piece of request) {
      body += piece;
    }
    const init = { method: "POST", headers: { "content-type": "application/json" }, body };
    response.setHeader("content-type", "application/json").end(await (await fetch(rpcUrl, init)).text());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: () => requests,
    stop: () => server.close(),
  };
}
