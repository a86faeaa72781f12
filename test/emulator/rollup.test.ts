import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { bytesToHex } from "viem";
import {
  advance,
  type Emulator,
  GuestProtocolError,
  inspect,
  MachineHaltedError,
  MachineNotWaitingError,
  startEmulator,
} from "../../machine/emulator/index.ts";
import { COLLECTED_LIMITS, createCollector } from "../../machine/emulator/rollup/collector.ts";
import { bytes, startGuest } from "./support/startGuest.ts";

describe("emulator: the rollup protocol", () => {
  let guest: Emulator;
  before(async () => {
    guest = await startGuest();
    await guest.rootHash(); // forks inherit what is already hashed
  });
  after(() => guest.shutdown());

  it("collects outputs and reports in order and returns the outputs root", async () => {
    await using fork = await guest.fork();
    const request = bytes("oprroa 0123456789012345678901234567890123456789");
    const { cycles, ...result } = await advance(fork, request);
    assert.deepEqual(result, {
      status: "accepted",
      outputs: [request, request],
      reports: [request, request],
      outputsRoot: bytesToHex(request.subarray(0, 32)),
    });
    assert(cycles > 0n);
    const next = await advance(fork, bytes("ra"));
    assert.deepEqual(next.reports, [bytes("ra")]);
  });

  it("returns the reports of a rejected input, but no root", async () => {
    await using fork = await guest.fork();
    const { cycles, ...result } = await advance(fork, bytes("rj"));
    assert.deepEqual(result, { status: "rejected", outputs: [], reports: [bytes("rj")] });
    await assert.rejects(advance(fork, bytes("a")), MachineNotWaitingError);
  });

  it("returns the text of an exception", async () => {
    await using fork = await guest.fork();
    const { status, exception } = await advance(fork, bytes("e: no such thing"));
    assert.deepEqual([status, exception], ["exception", "e: no such thing"]);
  });

  it("notices that the machine halted, and sends no input to a halted one", async () => {
    await using fork = await guest.fork();
    assert.equal((await advance(fork, bytes("h"))).status, "halted");
    await assert.rejects(advance(fork, bytes("a")), MachineHaltedError);
  });

  it("stops a machine that has used up its cycles, at the exact cycle", async () => {
    await using fork = await guest.fork();
    const { status, cycles } = await advance(fork, bytes("s"), { maxCycles: 12_345n });
    assert.deepEqual([status, cycles], ["out-of-cycles", 12_345n]);
    await assert.rejects(advance(fork, bytes("a")), MachineNotWaitingError);
  });

  it("reports a violation of the protocol as an exception", async () => {
    for (const [request, text] of [
      ["L", /2147483648 bytes/],
      ["?", /unknown reason 9/],
      ["A", /31 bytes/],
    ] as const) {
      await using fork = await guest.fork();
      const { status, exception = "", outputsRoot } = await advance(fork, bytes(request));
      assert.equal(status, "exception");
      assert.match(exception, text);
      assert.equal(outputsRoot, undefined);
    }
  });

  it("returns a response as long as the buffer", async () => {
    await using fork = await guest.fork();
    const query = new Uint8Array(2 * 1024 * 1024).fill(0x20);
    query.set(bytes("ra"));
    const { status, reports } = await inspect(fork, query);
    assert.equal(status, "accepted");
    assert.deepEqual(reports, [query]);
  });

  it("leaves an empty query to the guest, which never responds to it", async () => {
    await using fork = await guest.fork();
    const { status } = await inspect(fork, new Uint8Array(), { maxCycles: 100_000n });
    assert.equal(status, "out-of-cycles");
  });

  it("is cancelled by a signal", async () => {
    await using fork = await guest.fork();
    await assert.rejects(advance(fork, bytes("s"), { signal: AbortSignal.timeout(50) }), {
      name: "TimeoutError",
    });
  });

  it("refuses a machine that has not run yet", async () => {
    await using emulator = await startEmulator();
    await emulator.create({ ram: { length: 4096 } });
    await assert.rejects(advance(emulator, bytes("a")), MachineNotWaitingError);
  });

  it("ends for any request, and the same way every time", async function () {
    this.timeout(60_000);
    const letters = fc.constantFrom(..."orpajehscL?A");
    const request = fc.string({ unit: letters, maxLength: 12 }).map(bytes);
    await fc.assert(
      fc.asyncProperty(fc.oneof(request, fc.uint8Array({ maxLength: 12 })), async (input) => {
        const once = async () => {
          await using fork = await guest.fork();
          const result = await advance(fork, input, { maxCycles: 50_000n });
          return { ...result, hash: await fork.rootHash() };
        };
        assert.deepEqual(await once(), await once());
      }),
      { numRuns: 40 },
    );
  });

  it("accepts no more outputs and reports than its limits", () => {
    const many = createCollector();
    for (let i = 0; i < COLLECTED_LIMITS.outputs.count; i++) {
      many.addOutput(new Uint8Array());
    }
    assert.throws(() => many.addOutput(new Uint8Array()), GuestProtocolError);
    const long = createCollector();
    const report = new Uint8Array(2 * 1024 * 1024);
    for (let i = 0; i < COLLECTED_LIMITS.reports.bytes; i += report.length) {
      long.addReport(report);
    }
    assert.throws(() => long.addReport(report), GuestProtocolError);
  });
});
