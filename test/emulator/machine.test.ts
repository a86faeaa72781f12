import assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  type Emulator,
  EmulatorRequestError,
  EmulatorShutDownError,
  InputTooLongError,
  startEmulator,
} from "../../machine/emulator/index.ts";
import { assembleGuest, COUNTER, GUEST_START } from "./support/guest.ts";
import { bytes, RAM_BYTES, startGuest } from "./support/startGuest.ts";

const counter = async (emulator: Emulator) =>
  Buffer.from(await emulator.readMemory(COUNTER, 8)).readBigUInt64LE();

describe("emulator: a machine", () => {
  let guest: Emulator;
  before(async () => {
    guest = await startGuest();
  });
  after(() => guest.shutdown());

  it("runs to its first yield", async () => {
    const result = await guest.run();
    assert.deepEqual(result, { kind: "yielded-manual", reason: 1, data: new Uint8Array(32) });
    assert.equal(await guest.cycle(), await guest.readRegister("mcycle"));
  });

  it("keeps all 64 bits of a register", async () => {
    await using fork = await guest.fork();
    await fork.writeRegister("x31", 0xfedc_ba98_7654_3211n);
    assert.equal(await fork.readRegister("x31"), 0xfedc_ba98_7654_3211n);
    await assert.rejects(fork.readRegister("x99"), EmulatorRequestError);
  });

  it("reads and writes memory across the blocks it is split into", async () => {
    const ramBytes = 16 * 1024 * 1024;
    await using emulator = await startEmulator();
    await emulator.create({ ram: { length: ramBytes } });
    const data = Uint8Array.from({ length: 9_000_001 }, (_, i) => (i * 31 + (i >> 13)) & 0xff);
    await emulator.writeMemory(GUEST_START + 5n, data);
    assert.deepEqual(await emulator.readMemory(GUEST_START + 5n, data.length), data);
    assert.deepEqual(await emulator.readMemory(GUEST_START, 5), new Uint8Array(5));
  });

  it("forks into an independent machine, and so do forks", async () => {
    const before = await guest.rootHash();
    const child = await guest.fork();
    await child.sendCmioResponse(0, bytes("cca"));
    await child.run();
    const grandchild = await child.fork();
    const inChild = await child.rootHash();
    await child.shutdown();
    assert.equal(await counter(grandchild), 2n);
    assert.equal(await grandchild.rootHash(), inChild);
    assert.equal(await counter(guest), 0n);
    assert.equal(await guest.rootHash(), before);
    assert.notEqual(inChild, before);
    await grandchild.shutdown();
  });

  it("continues in a fork after its own server was shut down", async () => {
    const parent = await startGuest();
    await using fork = await parent.fork();
    await parent.shutdown();
    await fork.sendCmioResponse(0, bytes("ca"));
    assert.equal((await fork.run()).kind, "yielded-manual");
    assert.equal(await counter(fork), 1n);
  });

  it("halts with its exit code, and stays halted", async () => {
    await using fork = await guest.fork();
    await fork.sendCmioResponse(0, bytes("h"));
    assert.deepEqual(await fork.run(), { kind: "halted", exitCode: 7 });
    assert.deepEqual(await fork.run(), { kind: "halted", exitCode: 7 });
  });

  it("stops at the given cycle, slice by slice", async () => {
    await using fork = await guest.fork();
    await fork.sendCmioResponse(0, bytes("s"));
    const start = await fork.cycle();
    const seen: bigint[] = [];
    const result = await fork.run({
      untilCycle: start + 2_500n,
      sliceCycles: 1_000n,
      onProgress: (cycle) => seen.push(cycle - start),
    });
    assert.deepEqual(result, { kind: "reached-target" });
    assert.deepEqual(seen, [1_000n, 2_000n, 2_500n]);
    assert.deepEqual(await fork.run({ untilCycle: start }), { kind: "reached-target" });
    assert.equal(await fork.cycle(), start + 2_500n);
  });

  it("reaches the same state whatever the slices", async () => {
    const hashes = new Set<string>();
    for (const sliceCycles of [7n, 1_000n, 1n << 40n]) {
      await using fork = await guest.fork();
      await fork.sendCmioResponse(0, bytes("ccrccorca"));
      for (let result = await fork.run({ sliceCycles }); result.kind === "yielded-automatic"; ) {
        result = await fork.run({ sliceCycles });
      }
      hashes.add(await fork.rootHash());
    }
    assert.equal(hashes.size, 1);
  });

  it("is cancelled between two slices, and can continue afterwards", async () => {
    await using fork = await guest.fork();
    await fork.sendCmioResponse(0, bytes("s"));
    const cancel = new AbortController();
    let slices = 0;
    const onProgress = () => ++slices === 3 && cancel.abort();
    await assert.rejects(fork.run({ sliceCycles: 1_000n, onProgress, signal: cancel.signal }), {
      name: "AbortError",
    });
    assert.equal(slices, 3);
    const stoppedAt = await fork.cycle();
    await fork.run({ untilCycle: stoppedAt + 10n });
    assert.equal(await fork.cycle(), stoppedAt + 10n);
  });

  it("has the same hash when it is created again", async () => {
    await using again = await startGuest();
    assert.equal(await again.rootHash(), await guest.rootHash());
  });

  it("also loads its program from a file", async () => {
    const { mkdtemp, rm, writeFile } = await import("node:fs/promises");
    const folder = await mkdtemp("/tmp/cartenix-emulator-");
    await writeFile(`${folder}/ram.bin`, assembleGuest());
    await using emulator = await startEmulator();
    const backing_store = { data_filename: `${folder}/ram.bin` };
    await emulator.create({ ram: { length: RAM_BYTES, backing_store } });
    await emulator.run();
    assert.equal(await emulator.rootHash(), await guest.rootHash());
    await rm(folder, { recursive: true });
  });

  it("reports what is wrong with a request", async () => {
    await assert.rejects(guest.create({ ram: { length: RAM_BYTES } }), /machine exists[\s\S]*start another/);
    await assert.rejects(guest.sendCmioResponse(0, new Uint8Array(2 ** 21 + 1)), InputTooLongError);
    await using empty = await startEmulator();
    await assert.rejects(empty.run(), /no machine[\s\S]*create or load/);
    await assert.rejects(empty.create({ ram: { length: 1234 } }), /multiple of page length/);
  });

  it("refuses everything after shutdown, which may be repeated", async () => {
    const fork = await guest.fork();
    await fork.shutdown();
    await fork.shutdown();
    await assert.rejects(fork.rootHash(), EmulatorShutDownError);
  });
});
