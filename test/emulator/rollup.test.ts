import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { bytesToHex } from "viem";
import {
  advance,
  type Emulator,
  inspect,
  MachineHaltedError,
  MachineNotWaitingError,
  OutputsNotCollectedError,
  startEmulator,
} from "../../machine/emulator/index.ts";
import { COLLECTED_LIMITS, createCollection } from "../../machine/emulator/rollup/collection.ts";
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
      droppedReports: 0,
      outputsRoot: bytesToHex(request.subarray(0, 32)),
    });
    assert(cycles > 0n);
    const next = await advance(fork, bytes("ra"));
    assert.deepEqual(next.reports, [bytes("ra")]);
  });

  it("returns the reports of a rejected input, but no root", async () => {
    await using fork = await guest.fork();
    const { cycles, ...result } = await advance(fork, bytes("rj"));
    assert.deepEqual(result, {
      status: "rejected",
      outputs: [],
      reports: [bytes("rj")],
      droppedReports: 0,
    });
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

  it("calls it an exception when the machine ends a request in no way that is defined", async () => {
    for (const [request, text] of [
      ["A", /31 bytes/],
      ["!", /unknown reason 9/],
      ["M", /more than its buffer holds/],
    ] as const) {
      await using fork = await guest.fork();
      const { status, exception = "", outputsRoot } = await advance(fork, bytes(request));
      assert.equal(status, "exception");
      assert.match(exception, text);
      assert.equal(outputsRoot, undefined);
    }
  });

  it("goes on after automatic yields that it does not know, as the chain would", async () => {
    await using fork = await guest.fork();
    const { status, outputs } = await advance(fork, bytes("?o?a"));
    assert.deepEqual([status, outputs.length], ["accepted", 1]);
  });

  it("judges the state at the last cycle, whatever the machine did before", async () => {
    await using whole = await guest.fork();
    const { status, cycles } = await advance(whole, bytes("oca"));
    assert.equal(status, "accepted");
    for (const [maxCycles, expected] of [
      [cycles, "accepted"],
      [cycles - 1n, "out-of-cycles"],
    ] as const) {
      await using fork = await guest.fork();
      assert.equal((await advance(fork, bytes("oca"), { maxCycles })).status, expected);
    }
  });

  it("rejects as before a machine that sent what could not be collected, and stops at one that accepts with it", async () => {
    await using rejecting = await guest.fork();
    assert.equal((await advance(rejecting, bytes("Lj"))).status, "rejected");
    await using accepting = await guest.fork();
    await assert.rejects(advance(accepting, bytes("La")), OutputsNotCollectedError);
  });

  it("accepts an input whose reports could not all be collected, and counts them", async () => {
    await using fork = await guest.fork();
    const { status, reports, droppedReports } = await advance(fork, bytes("RrRa"));
    assert.deepEqual([status, reports.length, droppedReports], ["accepted", 1, 2]);
  });

  it("shows that a query's response could not be collected whole", async () => {
    await using fork = await guest.fork();
    const { status, exception } = await inspect(fork, bytes("Ra"));
    assert.equal(status, "exception");
    assert.match(exception ?? "", /more than 65536 reports/);
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
    const letters = fc.constantFrom(..."orpajehscL?A!MR");
    const request = fc.string({ unit: letters, maxLength: 12 }).map(bytes);
    await fc.assert(
      fc.asyncProperty(fc.oneof(request, fc.uint8Array({ maxLength: 12 })), async (input) => {
        const once = async () => {
          await using fork = await guest.fork();
          const result = await advance(fork, input, { maxCycles: 50_000n }).catch((error: unknown) => {
            assert.ok(error instanceof OutputsNotCollectedError, String(error));
          });
          return { ...result, hash: await fork.rootHash() };
        };
        assert.deepEqual(await once(), await once());
      }),
      { numRuns: 40 },
    );
  });

  it("collects no more than its limits", () => {
    const many = createCollection("outputs");
    for (let i = 0; i < COLLECTED_LIMITS.outputs.count + 1; i++) {
      many.add(new Uint8Array());
    }
    assert.deepEqual([many.collected.length, many.dropped], [COLLECTED_LIMITS.outputs.count, 1]);
    const long = createCollection("outputs");
    long.add(undefined);
    long.add(new Uint8Array(COLLECTED_LIMITS.outputs.bytes));
    long.add(new Uint8Array(1));
    assert.deepEqual([long.collected.length, long.dropped], [1, 2]);
  });
});
