import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Argument, Command } from "commander";
import { prepareBuild } from "../client/index.ts";
import { makeTemplate } from "../machine/image/index.ts";
import { createLog } from "../machine/node/index.ts";
import { CartenixError, createProgress, InterruptedError } from "../support/index.ts";
import { submitBuild } from "./buildInMachine.ts";
import { EXAMPLES } from "./examples.ts";
import { startDeployedChain, startLocalIndexer, startLocalNode } from "./startStack.ts";
import { createStopwatch } from "./stopwatch.ts";

const { args } = new Command("npm run dev --")
  .description(
    "Runs the whole stack on this computer until Ctrl-C: a chain with the contracts, a node that claims and executes,\n" +
      "and the indexer in Ponder's development mode, which indexes again whenever a file of indexer/ changes.",
  )
  .addArgument(
    new Argument("[example]", "a package to build once everything is up").choices(Object.keys(EXAMPLES)),
  )
  .parse();

const interruption = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => interruption.abort(new InterruptedError()));
}

try {
  await runStack(args[0], interruption.signal);
} catch (error) {
  if (!(error instanceof InterruptedError)) {
    console.error(error instanceof CartenixError ? `error: ${error.message}` : error);
    process.exitCode = 1;
  }
}
// Hardhat's in-process chain keeps a worker alive after it has closed; everything of ours has been stopped by now.
process.exit();

async function runStack(example: string | undefined, signal: AbortSignal): Promise<void> {
  const progress = createProgress();
  const { time } = createStopwatch(progress, signal);
  await using running = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "cartenix-dev-"));
  running.defer(() => rm(folder, { recursive: true, force: true }));

  const template = await time("machine template", () => makeTemplate({ progress }));
  const chain = await time("chain and contracts", () =>
    startDeployedChain(template, folder, running, signal),
  );
  const { node, machine } = await time("node", () =>
    startLocalNode(chain, template, folder, running, {
      execute: true,
      log: createLog({ json: false, level: "info" }),
      signal,
    }),
  );
  const indexer = await time("indexer", () =>
    startLocalIndexer(chain, folder, running, {
      mode: "dev",
      nodeUrl: node.url,
      log: (line) => console.error(line),
      signal,
    }),
  );
  const { application, registry, inputBox } = chain.deployment;
  console.log(
    [
      "",
      `chain        ${chain.chain.rpcUrl}`,
      `input box    ${inputBox}`,
      `application  ${application}`,
      `registry     ${registry}`,
      `node         ${node.url}/rpc, /inspect/${application}, /status, /health, /metrics`,
      `indexer      ${indexer.url}/graphql, /v1, /openapi.json`,
      `deployment   ${chain.deploymentFile}`,
      `key          ${chain.userKey}, of an account with worthless ether`,
      "",
      "Ctrl-C stops everything.",
    ].join("\n"),
  );
  if (example) {
    const build = await time("evaluate the derivation", () =>
      prepareBuild({ file: EXAMPLES[example]!, progress }),
    );
    await time("submit", (stage) => submitBuild(build, chain, machine, stage));
  }
  await new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
