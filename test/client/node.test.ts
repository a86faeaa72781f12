import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, it } from "mocha";
import { numberToHex, toHex, zeroAddress } from "viem";
import { NodeAnswerError, printableLines, readReports } from "../../client/index.ts";
import { patientFetch } from "../../client/node/patientFetch.ts";
import { encodeReport } from "../../protocol/index.ts";

const DRV = `/nix/store/${"0".repeat(32)}-greet.drv`;

describe("asking a node", function () {
  this.timeout(30_000);
  let server: Server | undefined;

  afterEach(() => {
    server?.close();
    server?.closeAllConnections();
  });

  async function serving(
    answer: (body: string) => { status?: number; headers?: Record<string, string>; body: string },
  ) {
    server = createServer(async (request, response) => {
      let text = "";
      for await (const piece of request) {
        text += piece;
      }
      const { status = 200, headers = {}, body } = answer(text);
      response.writeHead(status, { "content-type": "application/json", ...headers }).end(body);
    });
    await new Promise<void>((resolve) => server!.listen(0, "127.0.0.1", resolve));
    const nodeUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return { nodeUrl, application: zeroAddress };
  }

  const reportAt = (index: number) => ({
    ...{ epoch_index: "0x0", input_index: "0x0", index: numberToHex(index) },
    raw_data: toHex(encodeReport({ kind: "log", drvPath: DRV, text: `${index}\n` })),
    ...{ created_at: new Date(0).toISOString(), updated_at: new Date(0).toISOString() },
  });
  const listing = (total: number, page: (offset: number, limit: number) => unknown[]) => (body: string) => {
    const { id, params } = JSON.parse(body);
    assert.ok(params.limit <= 100, "a small page");
    const { limit, offset = 0 } = params;
    const result = { data: page(offset, limit), pagination: { total_count: total, limit, offset } };
    return { body: JSON.stringify({ jsonrpc: "2.0", id, result }) };
  };
  const readAll = async (machine: { nodeUrl: string; application: typeof zeroAddress }) => {
    const texts: string[] = [];
    for await (const report of readReports(machine, { inputIndex: 0n })) {
      texts.push(report.kind === "log" ? report.text : report.kind);
    }
    return texts;
  };
  const range = (start: number, end: number) => Array.from({ length: end - start }, (_, at) => start + at);

  it("reads a list to its end, page by page, also where a node makes pages shorter", async () => {
    for (const most of [100, 7]) {
      const machine = await serving(
        listing(45, (offset, limit) =>
          range(offset, Math.min(offset + Math.min(limit, most), 45)).map(reportAt),
        ),
      );
      assert.deepEqual(
        await readAll(machine),
        range(0, 45).map((index) => `${index}\n`),
      );
      server!.closeAllConnections();
    }
  });

  it("ends with a list that never does", async () => {
    let asked = 0;
    const machine = await serving(
      listing(1e9, (offset, limit) => {
        asked += 1;
        return range(offset, offset + limit).map(reportAt);
      }),
    );
    await assert.rejects(readAll(machine), /list of more than \d+ entries/);
    assert.ok(asked < 2_000);
  });

  it("does not believe a page that is none", async () => {
    for (const data of [1, null, {}, [1], [{ raw_data: "0x00" }], [{ raw_data: 5 }]]) {
      const machine = await serving(listing(1, () => data as unknown[]));
      await assert.rejects(readAll(machine), NodeAnswerError, JSON.stringify(data));
    }
  });

  it("does not wait for an application that the node does not run", async () => {
    const machine = await serving((body) => {
      const error = { code: -32_001, message: "Application \x1b[2J not found" };
      return { body: JSON.stringify({ jsonrpc: "2.0", id: JSON.parse(body).id, error }) };
    });
    await assert.rejects(readAll(machine), /the node refuses: Application \\u\{1b\}\[2J not found/);
  });

  it("asks a busy server again, as late as it says but not later than some seconds, and stops when it is told to", async () => {
    let left = 2;
    const { nodeUrl } = await serving(() => (left-- > 0 ? { status: 503, body: "" } : { body: "{}" }));
    assert.equal((await patientFetch(nodeUrl)).status, 200);
    server!.closeAllConnections();
    const patient = await serving(() => ({ status: 503, headers: { "retry-after": "1000000" }, body: "" }));
    const startedAt = performance.now();
    const signal = AbortSignal.timeout(300);
    await assert.rejects(patientFetch(patient.nodeUrl, { signal }), { name: "TimeoutError" });
    assert.ok(performance.now() - startedAt < 4_000);
  });

  it("shows logs of others in a form that cannot control a terminal", () => {
    assert.equal(printableLines("a\x1b[2J\r\n\tb\rc\u2028\u0085d\n"), "a [2J\n\tb c  d\n");
  });
});
