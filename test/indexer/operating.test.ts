import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { after, before, describe, it } from "mocha";
import type { Hex } from "viem";
import { type IndexerSettingsJson, startIndexer } from "../../indexer/index.ts";
import { type Deployment, formatDeployment } from "../../protocol/index.ts";
import { type Rollup, startRollup } from "./support/startRollup.ts";
import { untilEqual } from "./support/untilEqual.ts";

/** Where `pg_control` holds a cluster's state. */
const STATE_OFFSET = 16;
const SHUT_DOWN = 1;
const IN_PRODUCTION = 6;

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
    const parent = spawn(process.execPath, [program, JSON.stringify(settings("folder"))], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(parent.stdout, "data");
    const [ponder] = await childrenOf(parent.pid!);
    await assert.rejects(startIndexer({ settings: settings("folder") }), /another indexer is using/);
    parent.kill("SIGKILL");
    await untilEqual(async () => existsSync(`/proc/${ponder}`), false);
  });

  it("makes a folder anew that a crash left unusable, and touches none that is not its own", async () => {
    const control = join(folder, "folder", "pglite", "global", "pg_control");
    const bytes = await readFile(control);
    assert.equal(bytes.readUInt32LE(STATE_OFFSET), SHUT_DOWN, "Ponder did not stop cleanly");
    bytes.writeUInt32LE(IN_PRODUCTION, STATE_OFFSET);
    await writeFile(control, bytes);
    const log: string[] = [];
    const indexer = await startIndexer({ settings: settings("folder"), log: (line) => log.push(line) });
    assert.match(log[0]!, /is made anew: the last run did not stop cleanly/);
    assert.equal((await fetch(`${indexer.url}/ready`)).status, 200);
    await indexer.stop();

    await mkdir(join(folder, "foreign"));
    await writeFile(join(folder, "foreign", "precious"), "");
    await assert.rejects(
      startIndexer({ settings: settings("foreign") }),
      /is not empty, and no indexer made it[\s\S]*what to do: name a new or empty folder/,
    );
    assert.ok(existsSync(join(folder, "foreign", "precious")));
  });

  it("refuses an endpoint that serves another chain, and one that does not answer", async () => {
    const genesisHash: Hex = `0x${"67".repeat(32)}`;
    const [chain] = settings("none").chains;
    const ofOther = { ...chain!, deployments: [formatDeployment({ ...deployment, genesisHash })] };
    await assert.rejects(
      startIndexer({ settings: { ...settings("none"), chains: [ofOther] } }),
      /serves another chain[\s\S]*the deployments name 31337 and 0x67/,
    );
    const deaf = { ...chain!, rpcUrls: ["http://127.0.0.1:1/secret"] };
    await assert.rejects(startIndexer({ settings: { ...settings("none"), chains: [deaf] } }), (error) => {
      assert.match(String(error), /no RPC endpoint of chain 31337 answers/);
      assert.doesNotMatch(String(error), /secret/);
      return true;
    });
    assert.equal(existsSync(join(folder, "none")), false);
  });
});

/** The processes that a process has started. */
async function childrenOf(pid: number): Promise<number[]> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8");
  const found = children.trim().split(" ").map(Number);
  assert.ok(found.every((child) => child > 0));
  return found;
}
