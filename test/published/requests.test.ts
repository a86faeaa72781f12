import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { after, before, describe, it } from "mocha";
import { bytesToHex } from "viem";
import { mnemonicToAccount } from "viem/accounts";
import { formatDeployment } from "../../protocol/deployments/index.ts";
import { stageCartenix } from "../../scripts/packages/stageCartenix.ts";
import { ROOT } from "../../scripts/packages/stagePackage.ts";
import { cachePath } from "../../support/index.ts";
import { type StockNode, startStockNode } from "../client/support/startStockNode.ts";
import { type Rollup, startRollup } from "../indexer/support/startRollup.ts";
import { examplesInPage } from "./support/examplesIn.ts";
import { NODES } from "./support/nodeVersions.ts";
import { type StrangersProject, startProject } from "./support/strangersProject.ts";

const ACCOUNT = mnemonicToAccount("test test test test test test test test test test test junk", {
  addressIndex: 1,
});
const PACKAGE = `derivation { name = "tiny"; system = "riscv64-linux"; builder = "/bin/sh"; src = ./default.nix; }`;

describe("The package cartenix, as a program that sends a build", function () {
  this.timeout(300_000);
  let project: StrangersProject;
  let rollup: Rollup;
  let node: StockNode;

  before(async () => {
    project = await startProject(stageCartenix);
    project.link("viem");
    rollup = await startRollup();
    const deployment = await rollup.deploy();
    node = await startStockNode(rollup, deployment);
    const [example] = examplesInPage(ROOT, "scripts/packages/readmes/cartenix.md").filter(({ code }) =>
      code.includes('"cartenix/requests"'),
    );
    project.write({
      "deployment.json": formatDeployment(deployment),
      "default.nix": PACKAGE,
      "send.mjs": `${filledIn(example!.code)}\nconsole.log(build.drvPath, inputs.length);\n`,
    });
  });

  after(async () => {
    await node?.stop();
    await rollup?.stop();
    project?.remove();
  });

  function filledIn(code: string): string {
    const values: Record<string, string> = {
      "…/deployment.json": "deployment.json",
      "…/default.nix": "default.nix",
      "https://node.example/…": node.url,
      "https://rpc.example/…": rollup.chain.rpcUrl,
      "0x…": bytesToHex(ACCOUNT.getHdKey().privateKey!),
    };
    return code.replaceAll(/"([^"\n]*…[^"\n]*)"/g, (_, place: string) => JSON.stringify(values[place]));
  }

  it("evaluates a file and sends what the machine lacks, as its readme shows", async () => {
    const before = await rollup.client.getTransactionCount({ address: ACCOUNT.address });
    const { stdout } = await promisify(execFile)(await NODES["20"]!(), ["send.mjs"], {
      cwd: project.folder,
      env: { ...process.env, CARTENIX_CACHE: cachePath() },
    });
    assert.match(stdout, /^\/nix\/store\/[0-9a-z]{32}-tiny\.drv 2\n$/);
    assert.equal(await rollup.client.getTransactionCount({ address: ACCOUNT.address }), before + 2);
  });
});
