import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { after, before, describe, it } from "mocha";
import type { Hex } from "viem";
import { type IndexerSettingsJson, parseSettings, startIndexer } from "../../indexer/index.ts";
import { formatDeployment, type VotedDeployment } from "../../protocol/deployments/index.ts";
import { helloOutput } from "../contracts/support/sampleOutputs.ts";
import { startProxy } from "../node/support/startProxy.ts";
import { spawnIndexer } from "./support/spawnIndexer.ts";
import { type Postgres, startPostgres } from "./support/startPostgres.ts";
import { type Rollup, startRollup } from "./support/startRollup.ts";
import { untilEqual } from "./support/untilEqual.ts";

/** What Ponder reaches Postgres with. */
const { Client } = createRequire(fileURLToPath(import.meta.resolve("ponder")))("pg") as {
  Client: new (options: {
    connectionString: string;
  }) => {
    connect(): Promise<void>;
    query(statement: string): Promise<{ rows: { called: string | null; dropped: boolean }[] }>;
    end(): Promise<void>;
  };
};

/** Where `pg_control` holds a cluster's state. */
const STATE_OFFSET = 16;
const SHUT_DOWN = 1;
const IN_PRODUCTION = 6;

const OTHER_GENESIS: Hex = `0x${"67".repeat(32)}`;

/** How far below the head Ponder takes blocks of an unknown chain for final. */
const FINALITY_BLOCKS = 30;

describe("operating the indexer", function () {
  this.timeout(300_000);
  let rollup: Rollup;
  let deployment: VotedDeployment;
  let folder: string;
  let postgres: Postgres;
  let beforeFinality: Hex;
  let running: ReturnType<typeof spawnIndexer> | undefined;

  before(async () => {
    postgres = await startPostgres();
    folder = await mkdtemp(join(tmpdir(), "cartenix-operating-"));
    rollup = await startRollup();
    deployment = await rollup.deploy();
  });

  let chainStopped: Promise<void> | undefined;
  const stopChain = () => (chainStopped ??= rollup.stop());

  after(async () => {
    await running?.stop();
    await stopChain();
    await postgres?.stop();
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
    process.kill(indexer.pid, "SIGKILL");
    await assert.rejects(indexer.stopped, /the indexer ended by itself/);

    const again: string[] = [];
    const recovered = await startIndexer({ settings: settings("folder"), log: (line) => again.push(line) });
    assert.doesNotMatch(again.join("\n"), /made anew|locked/);
    await recovered.stop();

    await mkdir(join(folder, "foreign"));
    await writeFile(join(folder, "foreign", "precious"), "");
    await assert.rejects(
      startIndexer({ settings: settings("foreign") }),
      /is not empty, and no indexer made it[\s\S]*what to do: name a new or empty folder/,
    );
    assert.ok(existsSync(join(folder, "foreign", "precious")));
  });

  it("refuses an endpoint that serves another chain, and one that does not answer", async () => {
    const [chain] = settings("none").chains;
    const ofOther = {
      ...chain!,
      deployments: [formatDeployment({ ...deployment, genesisHash: OTHER_GENESIS })],
    };
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

  it("refuses a deployment with disputes, which it does not follow", () => {
    const { claimer: _, epochLength: __, ...common } = deployment;
    const terms = { maxInputs: 1, claimWindow: 1, challengeWindow: 1, clock: 1, bond: "1" };
    const disputable = { ...common, dispute: { stepVerifier: common.registry, ...terms } };
    const [chain] = settings("none").chains;
    const chains = [{ ...chain!, deployments: [formatDeployment(disputable)] }];
    assert.throws(
      () => parseSettings({ ...settings("none"), chains }),
      /chains\.0\.deployments\.0: claims of 0x[0-9a-fA-F]{40} can be disputed/,
    );
  });

  it("is a command that exits with 2 and one line for wrong settings, and with 0 for --help", async () => {
    await writeFile(join(folder, "deployment.json"), formatDeployment(deployment));
    const [chain] = settings("none").chains;
    const chains = [{ ...chain, deployments: ["deployment.json"] }];
    const write = (name: string, content: object | string) =>
      writeFile(join(folder, name), typeof content === "string" ? content : JSON.stringify(content));
    await write("good.json", { chains });
    await write("text.json", "{");
    await write("list.json", []);
    await write("absent.json", { chains: [{ ...chain, deployments: ["absent"] }] });
    await write("wrong.json", { chains: [{ ...chain, deployments: ["text.json"] }] });
    await write("more.json", { chains, unknown: 1 });
    const runs = [
      ["text.json", /text.json is not JSON/],
      ["list.json", /list.json is not a settings file/],
      ["absent.json", /absent cannot be read: ENOENT/],
      ["wrong.json", /text.json is not a deployment file/],
      ["more.json", /settings are wrong: .*unknown/],
    ] as const;
    for (const [name, reason] of runs) {
      const run = spawnIndexer([join(folder, name)]);
      assert.equal(await run.ended, 2, name);
      assert.equal(run.errors.length, 1, run.errors.join());
      assert.match(run.errors[0]!, reason);
    }
    const help = spawnIndexer(["--help"]);
    assert.equal(await help.ended, 0);
    assert.match(help.output.join("\n"), /DATABASE_URL/);
  });

  it("indexes on Postgres beside processes that only serve, and starts again at once after a stop", async () => {
    const options = [join(folder, "good.json"), "--port", "0"];
    const environment = { DATABASE_URL: postgres.connectionString };
    const first = spawnIndexer(options, environment);
    await first.ready();
    const beside = spawnIndexer([...options, "--serve"], environment);
    const url = await beside.ready();
    assert.deepEqual(await ask(`${url}/v1/outputs`), { status: 200, body: { items: [], next: null } });
    assert.deepEqual(await Promise.all([first.stop(), beside.stop()]), [0, 0]);

    beforeFinality = await rollup.client.snapshot();
    await rollup.record(rollup.accounts[3]!, deployment.registry, [helloOutput("one"), helloOutput("other")]);
    for (let block = 0; block < FINALITY_BLOCKS + 5; block++) {
      await rollup.client.mine({ blocks: 1 });
    }
    running = spawnIndexer(options, environment);
    await running.ready();
    assert.doesNotMatch(running.errors.join("\n"), /locked/);
  });

  it("keeps the inputs of calls of the registry, whose texts it shows, and of no other transactions", async () => {
    const client = new Client({ connectionString: postgres.connectionString });
    await client.connect();
    const { rows } = await client.query(
      `SELECT DISTINCT "to" AS called, input = '0x' AS dropped FROM ponder_sync.transactions`,
    );
    await client.end();
    assert.ok(rows.length > 1);
    for (const { called, dropped } of rows) {
      assert.equal(dropped, called !== deployment.registry.toLowerCase(), `to ${called}`);
    }
    const { body } = await ask(`${await running!.ready()}/v1/outputs`);
    const shown = (body as { items: { storePath: string }[] }).items.map(({ storePath }) => storePath);
    assert.deepEqual(shown, [helloOutput("other").storePath, helloOutput("one").storePath]);
  });

  it("refuses a database with rows of another chain that has the same id", async () => {
    await using proxy = await startProxy(rollup.chain.rpcUrl);
    proxy.tamper = ({ method, params, answer }) =>
      method === "eth_getBlockByNumber" && params[0] === "0x0"
        ? { result: { ...(answer.result as object), hash: OTHER_GENESIS } }
        : answer;
    const log: string[] = [];
    const starting = startIndexer({
      settings: {
        chains: [
          {
            rpcUrls: [proxy.url],
            deployments: [formatDeployment({ ...deployment, genesisHash: OTHER_GENESIS })],
          },
        ],
        database: { kind: "postgres", connectionString: postgres.connectionString },
      },
      log: (line) => log.push(line),
    });
    await assert.rejects(starting, /the indexer did not start/);
    assert.match(log.join("\n"), /the database has rows of another chain with the id 31337/);
  });

  it("answers 503 at /healthz when the chain was reorganised past finality, or no endpoint answers", async () => {
    const url = await running!.ready();
    assert.equal((await ask(`${url}/healthz`)).status, 200);
    const indexed = (await askHealth(url)).chains[0].indexed.block;
    await rollup.client.revert({ id: beforeFinality });
    const reason = async () => (await askHealth(url)).chains[0].reason?.split(":")[0];
    await untilEqual(reason, `the indexed block ${indexed} is no longer on the chain`);
    await stopChain();
    await untilEqual(reason, "no RPC endpoint answers");
    const { status, body } = await ask(`${url}/healthz`);
    assert.equal(status, 503, JSON.stringify(body));
    assert.equal((await fetch(`${url}/health`)).status, 200);
    assert.match(await (await fetch(`${url}/metrics`)).text(), /^cartenix_indexer_healthy 0$/m);
  });
});

async function ask(url: string): Promise<{ status: number; body: unknown }> {
  const response = await fetch(url);
  return { status: response.status, body: await response.json() };
}

async function askHealth(url: string): Promise<Health> {
  return (await ask(`${url}/healthz`)).body as Health;
}

interface Health {
  chains: [{ indexed: { block: number }; reason?: string }];
}

/** The processes that a process has started. */
async function childrenOf(pid: number): Promise<number[]> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8");
  const found = children.trim().split(" ").map(Number);
  assert.ok(found.every((child) => child > 0));
  return found;
}
