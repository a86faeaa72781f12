import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { zeroAddress } from "viem";
import { script } from "./support/scriptGuest.ts";
import { spawnNode } from "./support/spawnNode.ts";
import { startWorld, type World } from "./support/startWorld.ts";
import { until } from "./support/until.ts";

describe("cartenix-node", function () {
  this.timeout(60_000);
  let world: World;
  before(async () => {
    world = await startWorld();
  });
  after(() => world[Symbol.asyncDispose]());

  it("uses less than 300 MB at rest, not counting the machine", async () => {
    const node = spawnNode(world, ["--data", `${world.folder}/rest`]);
    for (let input = 0; input < 20; input++) {
      await world.send(script.of(script.report("0x01"), script.halt()));
    }
    await until(
      "all inputs are processed",
      () => node.log.filter(({ msg }) => msg === "input processed").length >= 20,
    );
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${node.pid}/status`, "utf8"))?.[1];
    assert.ok(Number(kilobytes) < 300_000, `${kilobytes} kB`);
    node.signal("SIGTERM");
    assert.equal(await node.ended, 0);
  });

  it("stops at once and cleanly on SIGTERM and SIGINT, even in the middle of an input", async () => {
    await world.send(script.of(script.spin(100_000), script.reject()));
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      const node = spawnNode(world, []);
      await node.event("input started");
      const stoppedAt = performance.now();
      node.signal(signal);
      assert.equal(await node.ended, 0);
      assert.ok(performance.now() - stoppedAt < 5_000);
      assert.equal(node.log.at(-1)?.msg, "stopped");
    }
  });

  it("does not pass the claimer's key on to the processes that run the machine", async () => {
    const node = spawnNode(world, ["--data", `${world.folder}/key`]);
    await node.event("the machine is up");
    const children = readFileSync(`/proc/${node.pid}/task/${node.pid}/children`, "utf8").match(/\d+/g);
    assert.ok(children);
    for (const pid of children) {
      assert.doesNotMatch(readFileSync(`/proc/${pid}/environ`, "utf8"), /CARTENIX_CLAIMER_KEY/);
    }
    node.signal("SIGTERM");
    assert.equal(await node.ended, 0);
  });

  it("exits with 2 for invalid options, and with 0 for --help", async () => {
    const wrongs = [["--application", "0x12"], ["--port", "x"], ["--safe-block", "new"], ["--unknown"]];
    const nodes = wrongs.map((wrong) => spawnNode(world, wrong));
    const help = spawnNode(world, ["--help"]);
    for (const node of nodes) {
      assert.equal(await node.ended, 2);
      assert.match(node.log[0]!.msg, /^error: /);
    }
    assert.equal(await help.ended, 0);
    assert.match(help.output(), /--application/);
  });

  it("reads the application from a deployment file, and refuses one that the chain contradicts", async () => {
    const write = (fields: object) => {
      const file = join(world.folder, "deployment.json");
      writeFileSync(file, JSON.stringify({ ...world.deployment, ...fields }));
      return ["--deployment", file, "--data", `${world.folder}/deployed`];
    };
    const node = spawnNode(world, write({}), { application: false });
    assert.equal((await node.event("serving")).application, world.deployment.application);
    node.signal("SIGTERM");
    assert.equal(await node.ended, 0);
    for (const [fields, reason] of [
      [
        { templateHash: `0x${"12".repeat(32)}` },
        /the template hash is 0x[0-9a-f]{64}, the deployment names 0x(12){32}/,
      ],
      [{ chainId: 1 }, /the chain id is 31337, the deployment names 1/],
      [{ genesisHash: `0x${"34".repeat(32)}` }, /the genesis hash is/],
      [{ inputBox: world.deployment.registry }, /the InputBox is/],
    ] as const) {
      const refused = spawnNode(world, write(fields), { application: false });
      assert.equal(await refused.ended, 1);
      assert.match(JSON.stringify(refused.log), reason);
    }
    const malformed = spawnNode(world, write({ registry: "0x12" }), { application: false });
    assert.equal(await malformed.ended, 2);
    assert.match(JSON.stringify(malformed.log), /registry is missing or wrong/);
    const both = spawnNode(world, write({}));
    assert.equal(await both.ended, 2);
    assert.match(JSON.stringify(both.log), /either --application or --deployment/);
  });

  it("does not start while another process uses the same data, and does not disturb it", async () => {
    const data = ["--data", `${world.folder}/shared`];
    const first = spawnNode(world, data);
    await first.event("serving");
    const second = spawnNode(world, data);
    assert.equal(await second.ended, 1);
    assert.match(
      String(second.log.at(-1)?.error),
      /another node is using this data directory[\s\S]*what to do: stop/,
    );
    await first.event("input started");
    first.signal("SIGKILL");
    assert.equal(await first.ended, "SIGKILL");
    const third = spawnNode(world, data);
    await third.event("input started");
    third.signal("SIGTERM");
    assert.equal(await third.ended, 0);
  });

  it("exits with 1 and a remedy when it cannot serve", async () => {
    const elsewhere = spawnNode(world, ["--application", zeroAddress]);
    const deaf = spawnNode(world, [], { rpcUrl: "http://127.0.0.1:1" });
    assert.equal(await elsewhere.ended, 1);
    assert.match(String(elsewhere.log.at(-1)?.error), /no contract on chain 31337[\s\S]*what to do/);
    assert.equal(await deaf.ended, 1);
    assert.match(String(deaf.log.at(-1)?.error), /127.0.0.1:1: unreachable: [\s\S]*what to do/);
  });
});
