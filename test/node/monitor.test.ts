import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import type { CartenixNode } from "../../machine/node/index.ts";
import { script } from "./support/scriptGuest.ts";
import { type FaultyProxy, startProxy } from "./support/startProxy.ts";
import { notice, startWorld, type World } from "./support/startWorld.ts";
import { until } from "./support/until.ts";

describe("monitoring a node", function () {
  this.timeout(60_000);
  let world: World;
  let proxy: FaultyProxy;
  let node: CartenixNode;
  const health = async () => {
    const response = await fetch(`${node.url}/health`);
    return { code: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const metrics = async () => (await fetch(`${node.url}/metrics`)).text();
  const figure = (text: string, metric: string) => {
    const line = text.split("\n").find((candidate) => candidate.startsWith(`${metric} `));
    assert.ok(line, `there is no ${metric}`);
    return Number(line.slice(metric.length));
  };

  before(async () => {
    world = await startWorld();
    proxy = await startProxy(world.rpcUrl);
    node = await world.startNode({ rpcUrl: proxy.url, rpcTimeoutMs: 2_000, snapshotCycles: 1n });
    await world.send(world.accepting([notice("0x01")], script.count()));
    await world.send(script.of(script.reject()));
    await until("all inputs are processed", () => node.status().processedInputs === 2n);
    await world.endEpoch();
    await until("its claim is mined", async () =>
      (await metrics()).includes('cartenix_transactions_total{purpose="claim",event="mined"} 1\n'),
    );
    await until(
      "it is at the head",
      async () => node.status().checkedBlock === (await world.client.getBlockNumber()),
    );
  });
  after(async () => {
    await world?.[Symbol.asyncDispose]();
    await proxy?.[Symbol.asyncDispose]();
  });

  it("reports its health and its progress", async () => {
    const { code, body } = await health();
    const head = Number(await world.client.getBlockNumber());
    assert.equal(code, 200);
    assert.deepEqual(body, {
      ok: true,
      reasons: [],
      chain: { head, checkedBlock: head },
      inputs: { known: 2, processed: 2, waiting: 0 },
      machine: "up",
    });
  });

  it("exports metrics for Prometheus", async () => {
    await until("a snapshot is taken", async () =>
      /cartenix_snapshots_total\{result="taken"\} [1-9]/.test(await metrics()),
    );
    const response = await fetch(`${node.url}/metrics`);
    assert.match(response.headers.get("content-type")!, /^text\/plain; version=0\.0\.4/);
    const text = await response.text();
    for (const [metric, expected] of Object.entries({
      cartenix_healthy: 1,
      cartenix_inputs: 2,
      cartenix_inputs_waiting: 0,
      'cartenix_inputs_processed_total{status="ACCEPTED"}': 1,
      'cartenix_inputs_processed_total{status="REJECTED"}': 1,
      cartenix_advance_seconds_count: 2,
      'cartenix_transactions_total{purpose="claim",event="sent"}': 1,
      'cartenix_rpc_faults_total{fault="contradiction"}': 0,
    })) {
      assert.equal(figure(text, metric), expected, metric);
    }
    for (const metric of [
      "cartenix_machine_cycles_total",
      "cartenix_chain_head_block",
      "cartenix_database_bytes",
      "cartenix_data_bytes",
      "cartenix_disk_free_bytes",
      "cartenix_emulator_memory_bytes",
      "process_resident_memory_bytes",
    ]) {
      assert.ok(figure(text, metric) > 0, metric);
    }
  });

  it("reports since when the chain cannot be read, and which endpoint is at fault", async () => {
    proxy.takeOver = () => true;
    const { body } = await until("it is unhealthy", async () => {
      const now = await health();
      return now.code === 503 && now;
    });
    assert.equal(body.ok, false);
    assert.match(
      String(body.reasons),
      /^reading the chain has failed since \d{4}-.*Z: 127\.0\.0\.1:\d+ .*timeout: no response/,
    );
    assert.equal(figure(await metrics(), "cartenix_healthy"), 0);
    assert.ok(figure(await metrics(), 'cartenix_rpc_faults_total{fault="timeout"}') >= 3);
    proxy.heal();
    await until("it is healthy again", async () => (await health()).code === 200);
  });
});
