import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { type Client, count, createClient, desc, eq, sql } from "@ponder/client";
import { after, before, describe, it } from "mocha";
import { type Indexer, startIndexer } from "../../indexer/index.ts";
import * as schema from "../../indexer/ponder.schema.ts";
import { type Deployment, formatDeployment } from "../../protocol/deployments/index.ts";
import { formatNarHash } from "../../protocol/index.ts";
import { helloOutput } from "../contracts/support/sampleOutputs.ts";
import { type Postgres, startPostgres } from "./support/startPostgres.ts";
import { type Rollup, startRollup } from "./support/startRollup.ts";
import { untilEqual } from "./support/untilEqual.ts";

const { output } = schema;
const OUTPUTS = 60;

describe("SQL over HTTP, with @ponder/client", function () {
  this.timeout(300_000);
  let rollup: Rollup;
  let deployment: Deployment;
  let postgres: Postgres;
  let indexer: Indexer;
  let client: Client<typeof schema>;

  before(async () => {
    [rollup, postgres] = await Promise.all([startRollup(), startPostgres()]);
    deployment = await rollup.deploy();
    await record(...Array.from({ length: OUTPUTS }, (_, place) => `sql ${place}`));
    indexer = await startIndexer({
      settings: {
        chains: [
          {
            ...{ rpcUrls: [rollup.chain.rpcUrl], pollingInterval: 100 },
            deployments: [formatDeployment(deployment)],
          },
        ],
        database: { kind: "postgres", connectionString: postgres.connectionString },
        sql: true,
      },
    });
    client = createClient(`${indexer.url}/sql`, { schema });
    await untilEqual(countOutputs, OUTPUTS);
  });

  after(async () => {
    await indexer?.stop();
    await Promise.all([rollup?.stop(), postgres?.stop()]);
  });

  const record = (...seeds: string[]) =>
    rollup.record(
      rollup.accounts[3]!,
      deployment.registry,
      seeds.map((seed) => helloOutput(seed)),
    );

  async function countOutputs(): Promise<number> {
    const [row] = await client.db.select({ outputs: count() }).from(output);
    return row!.outputs;
  }

  const lookUp = (seed: string) =>
    client.db
      .select({ narHash: output.narHash, size: output.narSize })
      .from(output)
      .where(eq(output.storePath, helloOutput(seed).storePath));

  it("finds rows with the columns' types", async () => {
    const { narHash, narSize } = helloOutput("sql 1");
    assert.deepEqual(await lookUp("sql 1"), [{ narHash: formatNarHash(narHash), size: narSize }]);
  });

  it("runs the documentation's example", async () => {
    const page = await readFile(new URL("../../docs/indexer.md", import.meta.url), "utf8");
    const example = /```ts\n(import [^`]*cartenix\/schema[\s\S]*?)```/.exec(page)![1]!;
    const program = example
      .replace("https://indexer.example", indexer.url)
      .replace("cartenix/schema", new URL("../../indexer/ponder.schema.ts", import.meta.url).href);
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ["--input-type=module-typescript", "-e", program],
      { cwd: import.meta.dirname },
    );
    const lines = stdout.trim().split("\n");
    assert.equal(lines.length, 20);
    assert.ok(lines.every((line) => /^\/nix\/store\/\w{32}-hello-2.10 sha256-\S{44}$/.test(line)));
  });

  it("tells of new rows while a query is followed", async () => {
    const seen: (string | null)[] = [];
    const { unsubscribe } = client.live(
      (db) => db.select({ path: output.storePath }).from(output).orderBy(desc(output.blockNumber)).limit(1),
      ([row]) => seen.push(row!.path),
      // it connects again when the backfill was not over yet
      () => undefined,
    );
    try {
      await untilEqual(async () => {
        await record(`live ${randomUUID()}`);
        return seen.length > 0;
      }, true);
      await record("last");
      await untilEqual(async () => seen.at(-1), helloOutput("last").storePath);
    } finally {
      unsubscribe();
    }
  });

  it("returns a thousand rows and no more", async () => {
    const rows = await client.db.execute(
      sql`SELECT a.chain_id FROM output a CROSS JOIN output b -- all, says a stranger`,
    );
    assert.equal(rows.length, 1_000);
  });

  it("ends a statement that takes long, and answers others meanwhile", async () => {
    const endless = client.db.execute(
      sql`SELECT count(*) FROM output a, output b, output c, output d, output e, output f`,
    );
    const [ended] = await Promise.allSettled([endless, lookUp("sql 2")]);
    assert.equal(ended.status, "rejected");
    assert.equal((await lookUp("sql 2")).length, 1);
  });

  for (const [what, statement] of [
    ["changes rows", sql`DELETE FROM output`],
    ["changes rows within a query", sql`WITH gone AS (DELETE FROM output RETURNING *) SELECT * FROM gone`],
    ["holds several statements", sql`SELECT 1; SELECT 2`],
    ["closes our bracket", sql`SELECT 1) AS a; SELECT * FROM (SELECT 2`],
    ["sleeps", sql`SELECT pg_sleep(100)`],
    ["reads files", sql`SELECT pg_read_file('/etc/passwd')`],
    ["asks the catalogue", sql`SELECT * FROM pg_catalog.pg_authid`],
    ["changes settings", sql`SELECT set_config('statement_timeout', '0', false)`],
  ] as const) {
    it(`refuses a statement that ${what}`, async () => {
      const before = await countOutputs();
      await assert.rejects(client.db.execute(statement));
      assert.equal(await countOutputs(), before);
    });
  }
});
