import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { after, afterEach, before, beforeEach, describe, it } from "mocha";
import { Webhook } from "standardwebhooks";
import { type Indexer, type IndexerOptions, startIndexer } from "../../indexer/index.ts";
import { type Deployment, formatDeployment } from "../../protocol/deployments/index.ts";
import { formatNarHash } from "../../protocol/index.ts";
import { hashOf, helloOutput } from "../contracts/support/sampleOutputs.ts";
import { type Rollup, startRollup } from "./support/startRollup.ts";
import { untilEqual } from "./support/untilEqual.ts";

interface Item {
  id: string;
  title: string;
  content_text: string;
  date_published: string;
  _cartenix: { type: string; storePath: string; narHash: string | null; cursor: string };
}

const SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;

describe("the indexer's feed", function () {
  this.timeout(300_000);
  let rollup: Rollup;
  let deployment: Deployment;
  let folder: string;
  let indexer: Indexer;

  const settings = (): IndexerOptions["settings"] => ({
    chains: [
      {
        ...{ rpcUrls: [rollup.chain.rpcUrl], pollingInterval: 100 },
        deployments: [formatDeployment(deployment)],
      },
    ],
    database: { kind: "pglite", directory: join(folder, "pglite") },
  });

  const recorder = () => rollup.accounts[3]!;
  const [one, two] = [helloOutput("one"), helloOutput("two")];
  const record = (...outputs: (typeof one)[]) => rollup.record(recorder(), deployment.registry, outputs);

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "cartenix-feed-"));
    rollup = await startRollup();
    deployment = await rollup.deploy();
    await record(one, two);
    await record({ ...one, narHash: hashOf("another") });
    await record({ ...helloOutput("three"), drvPath: two.drvPath });
  });

  after(async () => {
    await rollup?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const read = async (query: string): Promise<{ items: Item[]; _cartenix: { next: string | null } }> => {
    const response = await fetch(`${indexer.url}/v1/feed?${query}`);
    assert.equal(response.status, 200);
    return (await response.json()) as Awaited<ReturnType<typeof read>>;
  };

  const typesOf = async () =>
    (await read("order=oldest")).items.map(({ _cartenix: { type, storePath } }) => [type, storePath]);

  const EVENTS = [
    ["output.recorded", one.storePath],
    ["output.recorded", two.storePath],
    ["output.conflicted", one.storePath],
    ["output.recorded", helloOutput("three").storePath],
    ["derivation.conflicted", helloOutput("three").storePath],
  ];

  /** Blocks in quick succession are a second apart each, and so ahead of the clock. */
  async function untilNow(): Promise<void> {
    const { timestamp } = await rollup.client.getBlock();
    await pause(Math.max(0, Number(timestamp + 1n) * 1_000 - Date.now()));
  }

  describe("for readers", () => {
    before(async () => {
      indexer = await startIndexer({ settings: settings() });
    });
    after(() => indexer?.stop());

    it("shows records, conflicting hashes and derivations with another path, in order", async () => {
      await untilEqual(typesOf, EVENTS);
      const newest = (await read("")).items;
      const oldest = (await read("order=oldest")).items;
      assert.deepEqual(newest.toReversed(), oldest);
      assert.equal(new Set(newest.map(({ id }) => id)).size, EVENTS.length);
      assert.ok(
        newest.every(({ date_published }) => Math.abs(Date.parse(date_published) - Date.now()) < 86_400_000),
      );
      assert.match(
        newest[2]!.content_text,
        new RegExp(
          `recorded ${escaped(formatNarHash(hashOf("another")))} for ${escaped(one.storePath)} .* had recorded`,
        ),
      );
    });

    it("comes page by page, each event once", async () => {
      for (const order of ["oldest", "newest"]) {
        const ids: string[] = [];
        for (let after: string | null = ""; after !== null; ) {
          const page: Awaited<ReturnType<typeof read>> = await read(
            `order=${order}&limit=2${after && `&after=${after}`}`,
          );
          ids.push(...page.items.map(({ id }) => id));
          after = page._cartenix.next;
        }
        assert.deepEqual(
          ids,
          (await read(`order=${order}`)).items.map(({ id }) => id),
        );
      }
    });

    it("is empty for another chain's or application's readers", async () => {
      assert.deepEqual((await read("chainId=1")).items, []);
      assert.deepEqual((await read(`application=${deployment.application}`)).items, []);
    });
  });

  describe("for webhooks", () => {
    let receiver: Server;
    let url: string;
    let failures: number;
    let told: { type: string; storePath: string }[];
    let log: string[];

    beforeEach(async () => {
      await mkdir(join(folder, "webhooks"), { recursive: true });
      await untilNow();
      await writeFile(join(folder, "secret"), `${SECRET}\n`);
      [failures, told, log] = [0, [], []];
      receiver = createServer(async (request, response) => {
        const body = await text(request);
        if (failures > 0) {
          failures -= 1;
          response.writeHead(500).end();
          return;
        }
        const { type, data } = new Webhook(SECRET).verify(
          body,
          request.headers as Record<string, string>,
        ) as {
          type: string;
          data: { storePath: string };
        };
        told.push({ type, storePath: data.storePath });
        response.writeHead(204).end();
      }).listen(0, "127.0.0.1");
      await once(receiver, "listening");
      url = `http://127.0.0.1:${(receiver.address() as { port: number }).port}/hook?token=private`;
    });

    afterEach(async () => {
      await indexer?.stop();
      receiver.close();
      receiver.closeAllConnections();
    });

    const start = (secretFile = "secret") =>
      startIndexer({
        settings: {
          ...settings(),
          webhooks: {
            directory: join(folder, "webhooks"),
            endpoints: [{ url, secretFile: join(folder, secretFile), confirmations: 1 }],
          },
        },
        log: (line) => log.push(line),
      });

    const expected = (...seeds: string[]) =>
      seeds.map((seed) => ({ type: "output.recorded", storePath: helloOutput(seed).storePath }));

    it("tells what is recorded from then on, signed, in order, and again until it was taken", async () => {
      indexer = await start();
      failures = 2;
      await record(helloOutput("four"), helloOutput("five"));
      await rollup.client.mine({ blocks: 1 });
      await untilEqual(async () => told, expected("four", "five"));
      assert.equal(log.filter((line) => /HTTP 500; trying again in [12] s/.test(line)).length, 2);
      const kept = await readFile(join(folder, "webhooks", "webhooks.json"), "utf8");
      assert.ok(!`${log.join()} ${kept}`.includes("private"));
    });

    it("goes on after a restart where it ended, and waits for blocks above", async () => {
      indexer = await start();
      await indexer.stop();
      await record(helloOutput("six"));
      await rollup.client.mine({ blocks: 1 });
      await record(helloOutput("seven"));
      indexer = await start();
      await untilEqual(async () => told, expected("six"));
      await rollup.client.mine({ blocks: 1 });
      await untilEqual(async () => told, expected("six", "seven"));
    });

    it("does not start with a secret that is none, or a file that is not its own", async () => {
      await writeFile(join(folder, "wrong"), "whsec_%%%");
      await assert.rejects(start("wrong"), /has no secret of a webhook[\s\S]*what to do: make one/);
      await assert.rejects(start("missing"), /has no secret of a webhook[\s\S]*no such file/);
      await writeFile(join(folder, "webhooks", "webhooks.json"), '{"cursors":[]}');
      await assert.rejects(
        start(),
        /does not say how far webhooks have been told[\s\S]*what to do: restore it/,
      );
    });
  });
});

function escaped(literal: string): string {
  return literal.replaceAll(/[.+?]/g, "\\$&");
}
