import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { after, before, describe, it } from "mocha";
import type { IndexerSettingsJson } from "../../indexer/index.ts";
import { type Deployment, formatDeployment } from "../../protocol/index.ts";
import { type Rollup, startRollup } from "./support/startRollup.ts";
import { untilEqual } from "./support/untilEqual.ts";

describe("operating the indexer", function () {
  this.timeout(90_000);
  let rollup: Rollup;
  let deployment: Deployment;
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "cartenix-operating-"));
    rollup = await startRollup();
    deployment = await rollup.deploy();
  });

  after(async () => {
    await rollup?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const settings = (name: string): IndexerSettingsJson => ({
    chains: [
      { rpcUrls: [rollup.chain.rpcUrl], deployments: [formatDeployment(deployment)], pollingInterval: 100 },
    ],
    database: { kind: "pglite", directory: join(folder, name) },
  });

  it("ends Ponder with the process that started it, even when that is killed", async () => {
    const program = fileURLToPath(new URL("support/indexerOf.ts", import.meta.url));
    const parent = spawn(process.execPath, [program, JSON.stringify(settings("orphan"))], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(parent.stdout, "data");
    const [ponder] = await childrenOf(parent.pid!);
    parent.kill("SIGKILL");
    await untilEqual(async () => existsSync(`/proc/${ponder}`), false);
  });
});

/** The processes that a process has started. */
async function childrenOf(pid: number): Promise<number[]> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8");
  const found = children.trim().split(" ").map(Number);
  assert.ok(found.every((child) => child > 0));
  return found;
}
