import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { getIntrospectionQuery } from "graphql";
import { after, before, describe, it } from "mocha";
import { type Indexer, parseSettings, startIndexer } from "../../indexer/index.ts";
import { formatDeployment } from "../../protocol/deployments/index.ts";
import type { RegistryOutput } from "../../protocol/index.ts";
import { helloOutput } from "../contracts/support/sampleOutputs.ts";
import { type Rollup, startRollup } from "./support/startRollup.ts";
import { untilEqual } from "./support/untilEqual.ts";

const OUTPUTS = 100;
const BATCH = 20;
/** A lookup takes some milliseconds, longer on a busy computer; the work of one hostile query takes minutes. */
const PATIENT_MS = 5_000;

describe("a stranger's requests to the indexer", function () {
  this.timeout(300_000);
  let rollup: Rollup;
  let indexer: Indexer;
  let folder: string;
  let settings: Parameters<typeof startIndexer>[0]["settings"];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "cartenix-bounds-"));
    rollup = await startRollup();
    const deployment = await rollup.deploy();
    for (let first = 0; first < OUTPUTS; first += BATCH) {
      await rollup.record(
        rollup.accounts[3]!,
        deployment.registry,
        Array.from({ length: BATCH }, (_, place) => outputOf(first + place)),
      );
    }
    settings = {
      chains: [
        {
          rpcUrls: [rollup.chain.rpcUrl],
          deployments: [formatDeployment(deployment)],
          pollingInterval: 100,
        },
      ],
      database: { kind: "pglite", directory: join(folder, "pglite") },
    };
    indexer = await startIndexer({ settings });
    await untilEqual(async () => (await lookUp(OUTPUTS - 1)).length, 1);
  });

  after(async () => {
    await indexer?.stop();
    await rollup?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function lookUp(place: number): Promise<unknown[]> {
    const { outputs } = await indexer.query<{ outputs: { items: unknown[] } }>(
      `query ($storePath: String) { outputs(where: { storePath: $storePath }) { items { narHash application { origin } } } }`,
      { storePath: outputOf(place).storePath },
    );
    return outputs.items;
  }

  async function post(body: string, headers: Record<string, string> = {}) {
    const response = await fetch(`${indexer.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body,
      signal: AbortSignal.timeout(20_000),
    });
    return { status: response.status, body: await response.text() };
  }

  const ask = (query: string, variables: object = {}) => post(JSON.stringify({ query, variables }));

  /** The request is refused before it costs anything, with words that help. */
  async function isRefused(request: Promise<{ status: number; body: string }>, status: number, why: RegExp) {
    const start = performance.now();
    const answer = await request;
    const took = performance.now() - start;
    assert.equal(answer.status, status, answer.body.slice(0, 500));
    const [error] = JSON.parse(answer.body).errors;
    assert.match(error.message, why);
    assert.ok(error.extensions.remedy.length > 0);
    assert.ok(took < PATIENT_MS, `refused after ${took} ms`);
    assert.equal((await lookUp(0)).length, 1);
  }

  const threeLevels = `{ applications(limit: 10) { items { outputs(limit: 1000) { items {
    application { outputs(limit: 1000) { items { application { outputs(limit: 1000) { items { narHash } } } } } } } } } } }`;

  it("are refused when they ask for too many rows in three levels", async () => {
    await isRefused(ask(threeLevels), 422, /rows, nested lists multiplied, and at most 6000 are allowed/);
  });

  it("are refused when the rows come through variables, fragments or no limit at all", async () => {
    const inner = "items { application { outputs(limit: $many) { items { narHash } } } }";
    await isRefused(
      ask(`query ($many: Int) { outputs(limit: $many) { ${inner} } }`, { many: 1000 }),
      422,
      /rows/,
    );
    await isRefused(
      ask(`{ outputs { items { ...A } } } fragment A on output { application { ...B } }
        fragment B on application { outputs { items { application { outputs { items { narHash } } } } } }`),
      422,
      /rows/,
    );
    await isRefused(ask("{ outputs(limit: -1000000) { items { narHash } } }"), 400, /negative/);
  });

  it("are refused when each of many rows asks for a list of its own", async () => {
    await isRefused(
      ask("{ outputs(limit: 300) { items { observations(limit: 1) { totalCount items { id } } } } }"),
      422,
      /lists/,
    );
    const many = Array.from(
      { length: 9 },
      (_, place) => `a${place}: outputs(limit: 1) { items { narHash } }`,
    );
    await isRefused(ask(`{ ${many.join("\n")} }`), 422, /9 lists at its top, and at most 8/);
    const questions = many.map((_, place) => `a${place}: feed(limit: 200) { version }`);
    await isRefused(ask(`{ ${questions.join("\n")} }`), 422, /9 lists at its top, and at most 8/);
  });

  it("are refused when they are too deep, alias too much or have too many tokens", async () => {
    const nest = (levels: number): string =>
      levels === 0 ? "narHash" : `application { outputs(limit: 1) { items { ${nest(levels - 1)} } } }`;
    await isRefused(ask(`{ outputs(limit: 1) { items { ${nest(6)} } } }`), 422, /21 levels of fields/);
    const aliases = Array.from({ length: 16 }, (_, place) => `a${place}: narHash`);
    await isRefused(ask(`{ outputs(limit: 1) { items { ${aliases.join(" ")} } } }`), 422, /16 aliases/);
    await isRefused(ask(`{ outputs { items { ${"narHash ".repeat(1_100)} } } }`), 400, /not valid/);
    const filter = `${`{ AND: [`.repeat(6)}{ narHash: "" }${"] }".repeat(6)}`;
    await isRefused(ask(`{ outputs(where: ${filter}) { items { narHash } } }`), 422, /levels of objects/);
    const where = JSON.parse(`${`{"AND":[`.repeat(2_000)}{"narHash":""}${"]}".repeat(2_000)}`);
    await isRefused(
      ask("query ($where: outputFilter) { outputs(where: $where) { items { narHash } } }", { where }),
      422,
      /levels of objects/,
    );
  });

  it("may read the schema as tools do, and not by multiplying its types", async () => {
    const usual = await ask(getIntrospectionQuery());
    assert.equal(usual.status, 200);
    assert.ok(JSON.parse(usual.body).data.__schema.types.length > 50);
    const nest = (levels: number): string =>
      levels === 0 ? "name" : `fields { type { ofType { name } ${nest(levels - 1)} } }`;
    await isRefused(ask(`{ __schema { types { ${nest(4)} } } }`), 422, /fields of the schema/);
  });

  it("are refused when the body is long, slow, or not JSON", async () => {
    const long = JSON.stringify({ query: "{ _meta { status } }", padding: "x".repeat(10_000_000) });
    const before = await memoryOf(indexer.url);
    for (let count = 0; count < 10; count++) {
      await isRefused(post(long), 413, /longer than 32768 bytes/);
    }
    assert.ok((await memoryOf(indexer.url)) - before < 300_000_000);
    await isRefused(post("{"), 400, /not a GraphQL request/);
    await isRefused(post("{}", { "content-type": "text/plain" }), 415, /not application\/json/);
    const slow = connectTo(indexer.url);
    slow.write(
      "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 50\r\n\r\n{",
    );
    const answer = await firstLine(slow);
    assert.match(answer, /^HTTP\/1.1 408 /);
    slow.destroy();
  });

  it("are refused when the answer is long", async () => {
    const { status, body } = await ask(longQuery(55));
    assert.equal(status, 422, body.slice(0, 200));
    assert.match(
      JSON.parse(body).errors[0].message,
      /^the answer has \d+ bytes, and at most 4194304 are sent/,
    );
  });

  it("lose their connection when they do not read the answer", async () => {
    const body = JSON.stringify({ query: longQuery(42) });
    const request = `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
    const readers = Array.from({ length: 2 }, () => {
      const socket = connectTo(indexer.url);
      socket.pause();
      // more answers on one connection than the kernel's buffers hold
      for (let count = 0; count < 4; count++) {
        socket.write(request);
      }
      return socket;
    });
    const before = await memoryOf(indexer.url);
    await pause(3_000);
    assert.equal((await lookUp(1)).length, 1);
    assert.ok((await memoryOf(indexer.url)) - before < 400_000_000);
    await pause(10_000);
    const ends = await Promise.all(readers.map(bytesUntilEnd));
    assert.ok(ends.every(({ isEnded }) => isEnded));
  });

  it("do not hold up lookups, ten at a time", async () => {
    let isOver = false;
    const nothingFound = `{ outputs(limit: 1000, offset: 1, orderBy: "narSize", where: { name_contains: "x%e%l%l" }) { items { narHash } } }`;
    const hostile = Array.from({ length: 10 }, async (_, place) => {
      while (!isOver) {
        await (place % 2 === 0 ? ask(threeLevels) : ask(nothingFound)).catch(() => undefined);
      }
    });
    const times: number[] = [];
    for (let place = 0; place < 40; place++) {
      const start = performance.now();
      assert.equal((await lookUp(place % OUTPUTS)).length, 1);
      times.push(performance.now() - start);
    }
    isOver = true;
    await Promise.all(hostile);
    const p95 = times.toSorted((a, b) => a - b)[37]!;
    assert.ok(p95 < PATIENT_MS, `p95 ${p95} ms`);
  });

  it("find no /sql on PGlite, which cannot stop a statement, and settings refuse to serve it there", async () => {
    const response = await fetch(
      `${indexer.url}/sql/db?sql=${encodeURIComponent('{"json":{"sql":"select 1"}}')}`,
    );
    assert.equal(response.status, 404);
    const { error } = (await response.json()) as { error: { code: string; remedy: string } };
    assert.equal(error.code, "NOT_FOUND");
    assert.throws(() => parseSettings({ ...settings, sql: true }), /sql: is for Postgres only/);
  });
});

const outputOf = (place: number): RegistryOutput => helloOutput(`bounds ${place}`);

/** The square of so many rows, each some 1,800 bytes long. */
function longQuery(limit: number): string {
  const columns = `storePath drvPath pathKey derivationKey narHash inputsHash hashPart name packageName version outputName
    ${Array.from({ length: 8 }, (_, place) => `again${place}: blockHash`).join(" ")}
    applicationAddress blockHash transactionHash blockNumber logIndex recordedAt confirmations conflicts narSize inputIndex`;
  return `{ outputs(limit: ${limit}) { items { application { outputs(limit: ${limit}) { items { ${columns} } } } } } }`;
}

function connectTo(url: string): Socket {
  const { hostname, port } = new URL(url);
  return connect(Number(port), hostname).on("error", () => undefined);
}

async function firstLine(socket: Socket): Promise<string> {
  for await (const chunk of socket) {
    return String(chunk).split("\r\n")[0]!;
  }
  return "";
}

/** Whether the server has ended a connection, after all that is in the buffers. */
async function bytesUntilEnd(socket: Socket): Promise<{ isEnded: boolean }> {
  const ended = new Promise<boolean>((resolve) => {
    socket.once("close", () => resolve(true));
  });
  socket.resume();
  return { isEnded: await Promise.race([ended, pause(2_000).then(() => false)]) };
}

/** The memory of the indexer's process in bytes. */
async function memoryOf(url: string): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  const [, bytes] = /^process_resident_memory_bytes (\S+)$/m.exec(metrics) ?? [];
  assert.ok(bytes, "Ponder's metrics have no process_resident_memory_bytes");
  return Number(bytes);
}
