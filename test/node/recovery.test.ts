import assert from "node:assert/strict";
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "mocha";
import type { Hex } from "viem";
import {
  type CartenixNode,
  DataDirectoryLockedError,
  type Log,
  OutputsRootMismatchError,
  TemplateMismatchError,
} from "../../machine/node/index.ts";
import { script } from "./support/scriptGuest.ts";
import { notice, readerOf, startWorld, type World } from "./support/startWorld.ts";
import { until } from "./support/until.ts";

describe("restarting a node", function () {
  this.timeout(60_000);
  let world: World;
  let events: string[];
  const log: Log = {
    debug: (_, message) => events.push(message),
    info: (_, message) => events.push(message),
    warn: (_, message) => events.push(message),
    error: (_, message) => events.push(message),
  };
  const snapshots = () => {
    const [folder] = readdirSync(join(world.folder, "data"));
    const directory = join(world.folder, "data", folder!, "snapshots");
    return readdirSync(directory)
      .sort()
      .map((name) => join(directory, name));
  };
  const processed = (node: CartenixNode, inputs: bigint) =>
    until(`${inputs} inputs are processed`, () => node.status().processedInputs >= inputs);
  const restart = async (options = {}) => {
    events = [];
    const node = await world.startNode({ log, ...options });
    const { machineHash, processedInputs } = node.status();
    return {
      node,
      machineHash,
      processedInputs,
      replayed: events.filter((event) => event === "replaying").length,
    };
  };
  let hashes: Hex[];

  before(async () => {
    world = await startWorld();
    const { node } = await restart({ snapshotCycles: 1n });
    await world.send(world.accepting([notice("0x01")], script.count()));
    await world.send(script.of(script.count(), script.reject()));
    await world.send(world.accepting([notice("0x02")], script.count()));
    await world.send(world.accepting([], script.count()));
    await processed(node, 4n);
    const { data } = await readerOf(node).listInputs({ application: world.deployment.application });
    hashes = data.map(({ machineHash }) => machineHash!);
    await until(
      "the last snapshot is taken",
      () => events.filter((event) => event === "snapshot taken").length === 4,
    );
    await node.stop();
  });
  after(() => world[Symbol.asyncDispose]());
  beforeEach(() => {
    events = [];
  });

  it("keeps the last two snapshots and starts from the newest", async () => {
    assert.equal(snapshots().length, 2);
    const { node, machineHash, processedInputs, replayed } = await restart();
    assert.equal(machineHash, hashes[3]);
    assert.equal(processedInputs, 4n);
    assert.equal(replayed, 0);
    await node.stop();
  });

  it("deletes unfinished snapshots", async () => {
    const [first] = snapshots();
    mkdirSync(`${first}.unfinished-1`);
    writeFileSync(join(`${first}.unfinished-1`, "x"), "x");
    const { node } = await restart();
    assert.equal(snapshots().length, 2);
    await node.stop();
  });

  it("falls back to the snapshot before a damaged one, and replays", async () => {
    const newest = snapshots().at(-1)!;
    flipByte(memoryOf(newest), 0x700);
    const { node, machineHash, replayed } = await restart();
    assert.equal(machineHash, hashes[3]);
    assert.equal(replayed, 1);
    assert.ok(!snapshots().includes(newest), "the damaged one is gone");
    await node.stop();
  });

  it("falls back to the template when no snapshot is intact, and skips rejected inputs", async () => {
    for (const snapshot of snapshots()) {
      truncateSync(memoryOf(snapshot), 100);
    }
    const { node, machineHash, replayed } = await restart({ snapshotCycles: 1n });
    assert.equal(machineHash, hashes[3]);
    assert.equal(replayed, 3);
    assert.equal(snapshots().length, 0);
    await world.send(world.accepting([notice("0x03")], script.count()));
    await processed(node, 5n);
    await until("a new snapshot is taken", () => events.includes("snapshot taken"));
    await node.stop();
  });

  it("recovers the machine when its process is killed", async () => {
    const { node } = await restart();
    const { machineHash } = node.status();
    const count = async () => {
      const body = script.of(script.reportCount(), script.accept("0x"));
      const url = `${node.url}/inspect/${world.deployment.application}`;
      const response = await fetch(url, { method: "POST", body });
      return response.ok ? ((await response.json()) as unknown) : undefined;
    };
    const answer = await count();
    killEmulators();
    assert.deepEqual(await until("it answers again", count), answer);
    assert.equal(node.status().machineHash, machineHash);
    await world.send(world.accepting([], script.spin(50)));
    await until("the input is under way", () => node.status().current !== undefined);
    killEmulators();
    await processed(node, 6n);
    await node.stop();
  });

  it("does not start while another node uses the same data", async () => {
    const { node } = await restart();
    await assert.rejects(restart(), DataDirectoryLockedError);
    await node.stop();
    await (await restart()).node.stop();
  });

  it("does not start with another template", async () => {
    await assert.rejects(
      restart({ templateDirectory: snapshots().at(-1), dataDirectory: join(world.folder, "other") }),
      TemplateMismatchError,
    );
  });

  it("stops when the machine reports a wrong outputs root", async () => {
    const { node } = await restart();
    await world.send(script.of(script.output(notice("0x66")), script.accept(`0x${"66".repeat(32)}`)));
    await assert.rejects(node.stopped, OutputsRootMismatchError);
    await assert.rejects(fetch(`${node.url}/status`));
    const again = await restart();
    await assert.rejects(again.node.stopped, OutputsRootMismatchError);
  });
});

/** The file that holds the machine's RAM. */
function memoryOf(snapshot: string): string {
  return join(snapshot, readdirSync(snapshot).find((name) => /^0000000080000000-.*\.bin$/.test(name))!);
}

function flipByte(path: string, at: number): void {
  const file = openSync(path, "r+");
  writeSync(file, Uint8Array.of(readFileSync(path)[at]! ^ 1), 0, 1, at);
  closeSync(file);
}

/** Kills the emulators that this process started, as an out-of-memory killer would. */
function killEmulators(): void {
  for (const pid of descendantsOf(process.pid)) {
    if (commandOf(pid).includes("cartesi-jsonrpc-machine")) {
      process.kill(pid, "SIGKILL");
    }
  }
}

function descendantsOf(parent: number): number[] {
  const children = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => parentOf(pid) === parent);
  return children.flatMap((pid) => [pid, ...descendantsOf(pid)]);
}

function parentOf(pid: number): number | undefined {
  const stat = readProc(pid, "stat");
  return stat === undefined ? undefined : Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
}

function commandOf(pid: number): string {
  return readProc(pid, "cmdline") ?? "";
}

function readProc(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return undefined;
  }
}
