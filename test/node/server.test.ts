import assert from "node:assert/strict";
import fc from "fast-check";
import { after, before, describe, it } from "mocha";
import { toFunctionSelector, toHex, zeroAddress } from "viem";
import type { CartenixNode } from "../../machine/node/index.ts";
import { answerJsonRpc, type Methods } from "../../machine/node/server/jsonRpc.ts";
import { script } from "./support/scriptGuest.ts";
import { notice, readerOf, startWorld, voucher, type World } from "./support/startWorld.ts";
import { until } from "./support/until.ts";

describe("the node's server", function () {
  this.timeout(60_000);
  let world: World;
  let node: CartenixNode;
  const application = () => world.deployment.application;

  before(async () => {
    world = await startWorld();
    node = await world.startNode({ claimerKey: undefined });
    for (let round = 0; round < 3; round++) {
      const outputs = [notice(toHex(round)), voucher(world.account(round).address, "0x")];
      await world.send(world.accepting(outputs, script.report(toHex(`report ${round}`))), round + 1);
      await world.mine(4);
    }
    await until("all inputs are processed", () => node.status().processedInputs === 3n);
    await until("all epochs have claims", async () => {
      const { data } = await readerOf(node).listEpochs({ application: application() });
      return data.length === 3 && data.every(({ status }) => status === "CLAIM_COMPUTED");
    });
  });
  after(() => world[Symbol.asyncDispose]());

  const post = (body: string) => fetch(`${node.url}/rpc`, { method: "POST", body });
  const call = async (method: string, params?: unknown) => {
    const response = await post(JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }));
    assert.equal(response.status, 200);
    return (await response.json()) as { result?: { data: never }; error?: { code: number; message: string } };
  };

  it("pages lists in both directions", async () => {
    const list = async (page: object) => {
      const { data, pagination } = await readerOf(node).listOutputs({ application: application(), ...page });
      return { indexes: data.map(({ index }) => Number(index)), ...pagination };
    };
    const whole = { totalCount: 6, limit: 50, offset: 0 };
    assert.deepEqual(await list({}), { ...whole, indexes: [0, 1, 2, 3, 4, 5] });
    assert.deepEqual(await list({ limit: 2 }), { ...whole, indexes: [0, 1], limit: 2 });
    assert.deepEqual(await list({ limit: 2, offset: 4 }), { ...whole, indexes: [4, 5], limit: 2, offset: 4 });
    assert.deepEqual(await list({ limit: 2, descending: true }), { ...whole, indexes: [5, 4], limit: 2 });
    assert.deepEqual(await list({ offset: 9 }), { ...whole, indexes: [], offset: 9 });
    assert.deepEqual(await list({ limit: 99_999 }), { ...whole, indexes: [0, 1, 2, 3, 4, 5], limit: 10_000 });
  });

  it("filters lists as the Cartesi node does", async () => {
    const reader = readerOf(node);
    const of = { application: application() };
    const { data: epochs } = await reader.listEpochs({ ...of });
    assert.deepEqual(
      epochs.map(({ virtualIndex, inputIndexLowerBound, inputIndexUpperBound }) =>
        [virtualIndex, inputIndexLowerBound, inputIndexUpperBound].map(Number),
      ),
      [
        [0, 0, 1],
        [1, 1, 2],
        [2, 2, 3],
      ],
    );
    const epochIndex = epochs[1]!.index;
    const indexes = (data: { index: bigint }[]) => data.map(({ index }) => Number(index));
    assert.deepEqual(indexes((await reader.listInputs({ ...of, epochIndex })).data), [1]);
    assert.deepEqual(
      indexes((await reader.listInputs({ ...of, sender: world.account(3).address })).data),
      [2],
    );
    assert.deepEqual(indexes((await reader.listOutputs({ ...of, epochIndex })).data), [2, 3]);
    assert.deepEqual(indexes((await reader.listOutputs({ ...of, inputIndex: 2n })).data), [4, 5]);
    assert.deepEqual(indexes((await reader.listOutputs({ ...of, outputType: "Notice" })).data), [0, 2, 4]);
    const voucherAddress = world.account(1).address;
    assert.deepEqual(indexes((await reader.listOutputs({ ...of, voucherAddress })).data), [3]);
    assert.deepEqual(indexes((await reader.listOutputs({ ...of, voucherAddress, inputIndex: 2n })).data), []);
    assert.deepEqual(indexes((await reader.listReports({ ...of, inputIndex: 1n })).data), [1]);
    assert.deepEqual(indexes((await reader.listReports({ ...of, epochIndex })).data), [1]);
    assert.equal((await reader.listEpochs({ ...of, status: "OPEN" })).data.length, 0);
    assert.equal((await reader.listEpochs({ ...of, status: "CLAIM_COMPUTED" })).data.length, 3);
    assert.equal(await reader.getProcessedInputCount(of), 3n);
    assert.deepEqual((await reader.listTournaments(of)).data, []);
    assert.deepEqual((await reader.listMatches(of)).data, []);
    assert.deepEqual((await reader.listCommitments(of)).data, []);
    await assert.rejects(reader.getLastAcceptedEpochIndex(of), /Epoch not found/);
    const input = await reader.waitForInput({ ...of, inputIndex: 2n });
    assert.equal(input.status, "ACCEPTED");
  });

  it("accepts parameters by name and by position, and the application by name and by address", async () => {
    const expected = await call("cartesi_getInput", { application: application(), input_index: "0x1" });
    assert.ok(expected.result);
    assert.deepEqual(await call("cartesi_getInput", [application().toLowerCase(), "0x1"]), expected);
    assert.deepEqual(await call("cartesi_getInput", ["cartenix", "0x1"]), expected);
    const selector = toFunctionSelector("Notice(bytes)");
    const { result } = await call("cartesi_listOutputs", [
      "cartenix",
      null,
      "0x0",
      selector,
      null,
      1,
      0,
      true,
    ]);
    assert.equal((result!.data as unknown[]).length, 1);
  });

  it("answers unknown entries and invalid parameters with the right error", async () => {
    const refused = async (code: number, method: string, params?: unknown) => {
      assert.equal((await call(method, params)).error?.code, code, `${method} ${JSON.stringify(params)}`);
    };
    const of = { application: application() };
    await refused(-32601, "eth_chainId");
    await refused(-32001, "cartesi_getApplication", { application: zeroAddress });
    await refused(-32001, "cartesi_getInput", { ...of, input_index: "0x3" });
    await refused(-32001, "cartesi_getOutput", { ...of, output_index: "0x7fffffffffffffff" });
    await refused(-32001, "cartesi_getEpoch", { ...of, epoch_index: "0x0" });
    await refused(-32001, "cartesi_getReport", { ...of, report_index: "0x99" });
    await refused(-32602, "cartesi_getApplication");
    await refused(-32602, "cartesi_getApplication", { application: 5 });
    await refused(-32602, "cartesi_getInput", of);
    for (const index of ["1", 1, "0x", "0xg", "0xffffffffffffffff", "0x1ffffffffffffffff", "-0x1"]) {
      await refused(-32602, "cartesi_getInput", { ...of, input_index: index });
    }
    for (const page of [
      { limit: -1 },
      { limit: "5" },
      { offset: 1.5 },
      { descending: 1 },
      { limit: 1e300 },
    ]) {
      await refused(-32602, "cartesi_listInputs", { ...of, ...page });
    }
    await refused(-32602, "cartesi_listInputs", { ...of, sender: "0x12" });
    await refused(-32602, "cartesi_listOutputs", { ...of, output_type: "Notice" });
    await refused(-32602, "cartesi_listEpochs", { ...of, status: "open" });
    await refused(-32602, "cartesi_listApplications", [1, 2, true, 4]);
  });

  it("answers batches, but not notifications", async () => {
    const one = { jsonrpc: "2.0", method: "cartesi_getChainId" };
    const batch = await (await post(JSON.stringify([{ ...one, id: "a" }, one, { ...one, id: 2 }, 5]))).json();
    assert.deepEqual(batch, [
      { jsonrpc: "2.0", id: "a", result: { data: "0x7a69" } },
      { jsonrpc: "2.0", id: 2, result: { data: "0x7a69" } },
      { jsonrpc: "2.0", id: null, error: { code: -32600, message: "Invalid request" } },
    ]);
    const silent = await post(JSON.stringify(one));
    assert.equal(silent.status, 204);
    assert.equal((await post(JSON.stringify([one, one]))).status, 204);
    const refusals = ["{", "", "[]", "null", JSON.stringify(new Array(101).fill(one))];
    for (const body of refusals) {
      const { error } = (await (await post(body)).json()) as { error: { code: number } };
      assert.ok([-32700, -32600].includes(error.code), body.slice(0, 20));
    }
    assert.equal(await refusalOf(post("x".repeat(1024 * 1024 + 1))), 413);
  });

  it("answers any request without an internal error", () => {
    const faults: unknown[] = [];
    const methods: Methods = new Map([["echo", (params) => params]]);
    const requests = fc.oneof(
      fc.json(),
      fc.string(),
      fc
        .record({
          jsonrpc: fc.constant("2.0"),
          method: fc.constant("echo"),
          id: fc.jsonValue(),
          params: fc.jsonValue(),
        })
        .map((request) => JSON.stringify(request)),
    );
    fc.assert(
      fc.property(requests, (body) => {
        const answer = answerJsonRpc(methods, body, (_, error) => faults.push(error));
        JSON.stringify(answer);
      }),
      { numRuns: 500 },
    );
    assert.deepEqual(faults, []);
  });

  it("answers queries of limited size, for its own application only", async () => {
    const query = script.of(script.report("0x42"), script.accept("0x"));
    const ask = (path: string, init?: RequestInit) => fetch(`${node.url}/inspect/${path}`, init);
    assert.equal((await ask(zeroAddress, { method: "POST", body: query })).status, 404);
    assert.equal((await ask("other", { method: "POST", body: query })).status, 404);
    assert.equal((await ask("cartenix", { method: "PUT", body: query })).status, 404);
    assert.equal(
      (await ask("cartenix", { method: "POST", body: new Uint8Array(2 * 1024 * 1024 + 1) })).status,
      413,
    );
    const answer = await ask("cartenix", { method: "POST", body: query });
    assert.equal(answer.headers.get("content-type"), "application/json");
    assert.deepEqual(((await answer.json()) as { reports: unknown }).reports, [{ payload: "0x42" }]);
    const text = `r${"\0".repeat(3)}\x02hia${"\0".repeat(4)}`;
    const got = await ask(`cartenix/${encodeURIComponent(text)}`);
    assert.deepEqual(((await got.json()) as { reports: unknown }).reports, [{ payload: toHex("hi") }]);
  });

  it("abandons a query whose client has disconnected, and rejects queries when there are too many", async () => {
    const long = script.of(script.spin(50_000), script.accept("0x"));
    const quick = script.of(script.accept("0x"));
    const leave = new AbortController();
    const ask = (body: RequestInit["body"]) =>
      fetch(`${node.url}/inspect/cartenix`, { method: "POST", body: body!, signal: leave.signal });
    const asked = Array.from({ length: 34 }, () => ask(long).catch(() => undefined));
    await until("all slots are in use", async () => {
      const response = await fetch(`${node.url}/inspect/cartenix`, { method: "POST", body: quick });
      return response.status === 503;
    });
    leave.abort();
    await Promise.all(asked);
    await until("there is a free slot again", async () => {
      const response = await fetch(`${node.url}/inspect/cartenix`, { method: "POST", body: quick });
      return response.status === 200;
    });
  });

  it("refuses web pages unless it is told to let their origin in", async () => {
    const origin = "https://explorer.example";
    const ask = (url: string, init: RequestInit = {}, from = origin) =>
      fetch(url, { ...init, headers: { origin: from } });
    const rpc = {
      method: "POST",
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "cartesi_getChainId" }),
    };
    for (const path of ["rpc", "inspect/cartenix", "status"]) {
      const answer = await ask(`${node.url}/${path}`, path === "status" ? {} : rpc);
      assert.equal(answer.status, 403, path);
      assert.equal(answer.headers.get("access-control-allow-origin"), null);
    }
    const dataDirectory = `${world.folder}/open`;
    const open = await world.startNode({ claimerKey: undefined, dataDirectory, corsOrigin: origin });
    const allowed = await ask(`${open.url}/rpc`, rpc);
    assert.deepEqual([allowed.status, allowed.headers.get("access-control-allow-origin")], [200, origin]);
    const other = await ask(`${open.url}/rpc`, rpc, "https://evil.example");
    assert.equal(other.status, 403);
    const image = (url: string, site: string) =>
      fetch(`${url}/status`, { headers: { "sec-fetch-site": site } });
    for (const { url } of [node, open]) {
      assert.equal((await image(url, "cross-site")).status, 403);
      assert.equal((await image(url, "same-site")).status, 403);
      assert.equal((await image(url, "none")).status, 200);
    }
    await open.stop();
  });

  it("answers a client's query though another one has asked more than it may", async () => {
    const long = script.of(script.spin(50_000), script.accept("0x"));
    const quick = script.of(script.accept("0x"));
    const leave = new AbortController();
    const ask = (body: RequestInit["body"], client: string) =>
      fetch(`${node.url}/inspect/cartenix`, {
        method: "POST",
        body: body!,
        headers: { "x-forwarded-for": `203.0.113.9, ${client}` },
        signal: leave.signal,
      });
    const asked = Array.from({ length: 17 }, () => ask(long, "203.0.113.1").catch(() => undefined));
    await until("its queue is full", async () => (await ask(quick, "203.0.113.1")).status === 503);
    assert.equal((await ask(quick, "203.0.113.2")).status, 200);
    leave.abort();
    await Promise.all(asked);
  });

  it("reports its status", async () => {
    const status = (await (await fetch(`${node.url}/status`)).json()) as Record<string, unknown>;
    assert.equal(status.processedInputs, 3);
    assert.equal(status.inputs, 3);
    assert.equal(status.machineHash, node.status().machineHash);
  });
});

/** A server that refuses a long body may close the connection before the client has sent it all. */
function refusalOf(response: Promise<Response>): Promise<number> {
  return response.then(
    ({ status }) => status,
    () => 413,
  );
}
