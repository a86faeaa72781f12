import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { mountSmallDisk, type SmallDisk } from "./support/mountSmallDisk.ts";
import { script } from "./support/scriptGuest.ts";
import { type LogLine, type SpawnedNode, spawnNode } from "./support/spawnNode.ts";
import { notice, readerOf, startWorld, type World } from "./support/startWorld.ts";
import { until } from "./support/until.ts";

/** Space for the two snapshots that are kept and for the next one, each of 49 MB. */
const DISK_BYTES = 192 * 1024 * 1024;
/** Enough for the database, too little for a snapshot. */
const DATABASE_BYTES = 16 * 1024 * 1024;

describe("a node on a full disk", function () {
  this.timeout(60_000);
  let world: World;
  let disk: SmallDisk;
  let node: SpawnedNode;
  let url: string;
  let inputs = 0;
  const start = () => {
    const options = ["--data", disk.path, "--snapshot-cycles", "1"];
    return spawnNode(world, options, { prefix: disk.prefix });
  };
  const lines = (msg: string) => node.log.filter((line) => line.msg === msg);
  const processed = () =>
    until(`${inputs} inputs are processed`, () => lines("input processed").length === inputs);
  const snapshots = (count: number) =>
    until(`${count} snapshots are taken`, () => lines("snapshot taken").length === count);
  const reportsFullDisk = (msg: string) =>
    until<LogLine>(`it logs "${msg}"`, () =>
      lines(msg).find(({ reason }) => /the disk is full/.test(String(reason))),
    );
  const health = async () => {
    const response = await fetch(`${url}/health`);
    return { code: response.status, ...((await response.json()) as { ok: boolean; reasons: string[] }) };
  };
  const send = async (millionCycles = 1) => {
    await world.send(world.accepting([notice("0x01")], script.spin(millionCycles), script.count()));
    inputs++;
  };

  before(async () => {
    world = await startWorld();
    disk = await mountSmallDisk(join(world.folder, "small"), DISK_BYTES);
    node = start();
    url = (await node.event("serving")).url as string;
    await send();
    await processed();
    await snapshots(1);
  });
  after(async () => {
    node?.signal("SIGKILL");
    await node?.ended;
    await world?.[Symbol.asyncDispose]();
    await disk?.[Symbol.asyncDispose]();
  });

  it("reports what is full and what to do, and continues reading the chain when there is space", async () => {
    assert.equal((await health()).code, 200);
    disk.fill();
    await send();
    const line = await reportsFullDisk("reading the chain failed");
    assert.match(String(line.reason), new RegExp(disk.path));
    assert.match(String(line.remedy), /free some space/);
    const { code, ok, reasons } = await health();
    assert.deepEqual([code, ok], [503, false]);
    assert.match(reasons[0]!, /^reading the chain has failed since .*the disk is full/);
    disk.clear();
    await processed();
    await snapshots(2);
    assert.equal((await health()).code, 200);
  });

  it("keeps the result of an input that cannot be recorded, and does not run it again", async () => {
    await send(200);
    await until("it is under way", () => lines("input started").length === inputs);
    disk.fill();
    await reportsFullDisk("advancing the machine failed");
    disk.clear();
    await processed();
    assert.equal(lines("input started").length, inputs);
    await snapshots(3);
  });

  it("continues without a snapshot for which there is no space, and leaves none of its files", async () => {
    disk.fill(DATABASE_BYTES);
    await send();
    await processed();
    const line = await reportsFullDisk("the machine could not be stored");
    assert.match(String(line.remedy), /free some space/);
    const { reasons } = await health();
    const stored = reasons.filter((reason) =>
      /^storing the machine has failed since .*the disk is full/.test(reason),
    );
    assert.equal(stored.length, 1, reasons.join());
    const [folder] = readdirSync(disk.seenFromHere).filter((name) => name.startsWith("31337-"));
    assert.ok(
      readdirSync(join(disk.seenFromHere, folder!, "snapshots")).every(
        (name) => !name.includes("unfinished"),
      ),
    );
    disk.clear();
    await send();
    await processed();
    await snapshots(4);
    assert.equal((await health()).code, 200);
  });

  it("stops with a clear error when started on a full disk, and recovers at the next start", async () => {
    const hashes = async () =>
      (await readerOf({ url }).listInputs({ application: world.deployment.application })).data.map(
        ({ machineHash }) => machineHash,
      );
    const known = await hashes();
    assert.equal(known.length, inputs);
    node.signal("SIGTERM");
    assert.equal(await node.ended, 0);
    disk.fill();
    node = start();
    assert.equal(await node.ended, 1);
    assert.match(String(node.log.at(-1)?.error), /the disk is full[\s\S]*what to do: free some space/);
    disk.clear();
    node = start();
    url = (await node.event("serving")).url as string;
    await node.event("the machine is up");
    assert.deepEqual(await hashes(), known);
    node.signal("SIGTERM");
    assert.equal(await node.ended, 0);
  });
});
