import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import type { Hex } from "viem";
import { collectMcycleHashes, collectUarchCycleHashes } from "../../machine/emulator/collectHashes.ts";
import { readProof } from "../../machine/emulator/hashTree.ts";
import { type Emulator, EmulatorRequestError } from "../../machine/emulator/index.ts";
import { MismatchError } from "../../machine/emulator/rpc/decoders.ts";
import type { ExactJson } from "../../machine/emulator/rpc/exactJson.ts";
import type { RpcClient } from "../../machine/emulator/rpc/rpcClient.ts";
import { logStepUarch } from "../../machine/emulator/stepLog.ts";
import { foldNode } from "../contracts/dispute/support/foldNode.ts";
import { bytes, startGuest } from "./support/startGuest.ts";

const ALL_STEPS = 1n << 20n;

describe("emulator: below a cycle", () => {
  let guest: Emulator;
  before(async () => {
    guest = await startGuest();
    await guest.sendCmioResponse(0, bytes("ccca"));
  });
  after(() => guest.shutdown());

  it("reaches the same states as cycles do", async () => {
    await using fast = await guest.fork();
    await using slow = await guest.fork();
    for (let index = 0; index < 5; index++) {
      await fast.run({ untilCycle: (await fast.cycle()) + 1n });
      assert.equal(await slow.runUarch(200n), "reached_target_cycle");
      await slow.logStepUarch();
      assert.equal(await slow.readRegister("uarch_cycle"), 201n);
      assert.equal(await slow.runUarch(ALL_STEPS), "uarch_halted");
      await slow.resetUarch();
      assert.equal(await slow.rootHash(), await fast.rootHash());
    }
  });

  it("logs what a step reads and writes, and computes it from the log alone", async () => {
    await using machine = await guest.fork();
    const before = await machine.rootHash();
    const log = await machine.logStepUarch();
    const after = await machine.rootHash();
    const [cycle, halt, pc] = log;
    assert.deepEqual(
      [cycle, halt, pc].map((access) => [access!.kind, access!.address]),
      [
        ["read", 0x40_0008n],
        ["read", 0x40_0000n],
        ["read", 0x40_0010n],
      ],
    );
    assert.equal(foldNode(cycle!.leafHash, cycle!.address & ~31n, 5, cycle!.siblings), before);
    const last = log.at(-1)!;
    assert.equal(foldNode(last.written!.leafHash, last.address & ~31n, 5, last.siblings), after);
    assert.equal(await machine.verifyStepUarch(before, log, after), true);
    await assert.rejects(machine.verifyStepUarch(after, log, after), EmulatorRequestError);
    await assert.rejects(machine.verifyStepUarch(before, log, before), EmulatorRequestError);
    await assert.rejects(machine.verifyStepUarch(before, log.slice(1), after), EmulatorRequestError);
  });

  it("proves a node of the state tree", async () => {
    const root = await guest.rootHash();
    for (const [address, level] of [
      [0x300n, 6],
      [0x40_0000n, 22],
      [0x8000_0000n, 12],
      [0n, 64],
    ] as const) {
      const { hash, siblings } = await guest.proof(address, level);
      assert.equal(siblings.length, 64 - level);
      assert.equal(foldNode(hash, address, level, siblings), root);
    }
    await assert.rejects(guest.proof(0x301n, 6), EmulatorRequestError);
  });

  it("collects the root hashes between cycles, one call after another", async () => {
    await using machine = await guest.fork();
    const start = await machine.cycle();
    const first = await machine.collectMcycleHashes(start + 20n, 8n);
    assert.deepEqual([first.hashes.length, first.phase], [2, 4n]);
    const second = await machine.collectMcycleHashes(start + 40n, 8n, first.phase);
    assert.deepEqual([second.hashes.length, second.phase], [3, 0n]);
    await using again = await guest.fork();
    for (const hash of [...first.hashes, ...second.hashes]) {
      await again.run({ untilCycle: (await again.cycle()) + 8n });
      assert.equal(await again.rootHash(), hash);
    }
    const rest = await machine.collectMcycleHashes(start + 100_000n, 8n, second.phase);
    const ran = (await machine.cycle()) - start - 40n;
    assert.ok(ran < 1_000n, "it stops where the machine yields");
    assert.notEqual(ran % 8n, 0n);
    assert.deepEqual([rest.hashes.length, rest.phase], [Number(ran / 8n) + 1, ran % 8n]);
    assert.equal(rest.hashes.at(-1), await machine.rootHash());
  });

  it("collects the root hashes within cycles, with those after resets", async () => {
    await using machine = await guest.fork();
    await using again = await guest.fork();
    const { hashes, resets } = await machine.collectUarchCycleHashes((await machine.cycle()) + 2n);
    assert.equal(resets.length, 2);
    assert.equal(resets[1], hashes.length - 1);
    await again.runUarch(1n);
    assert.equal(await again.rootHash(), hashes[0]);
    await again.runUarch(ALL_STEPS);
    assert.equal(await again.rootHash(), hashes[resets[0]! - 1]);
    await again.resetUarch();
    assert.equal(await again.rootHash(), hashes[resets[0]!]);
    assert.equal(await machine.rootHash(), hashes.at(-1));
  });

  const hash = Buffer.alloc(32).toString("base64");
  const siblings = Array.from({ length: 59 }, () => hash);
  const access = {
    type: "read",
    address: 8,
    log2_size: 3,
    read: hash,
    read_hash: hash,
    sibling_hashes: siblings,
  };
  const responding = (value: ExactJson): RpcClient => ({
    call: async (_method, _params, decode) => decode(value),
    close: () => {},
  });

  it("reads what a well-formed response says", async () => {
    const [read] = await logStepUarch(responding({ accesses: [access] }));
    assert.deepEqual([read!.kind, read!.address, read!.written], ["read", 8n, undefined]);
    const { hash: target } = await readProof(
      responding({ target_hash: hash, sibling_hashes: siblings }),
      0n,
      5,
    );
    assert.equal(target satisfies Hex, `0x${"0".repeat(64)}`);
  });

  for (const [name, value] of Object.entries<ExactJson>({
    "no list": {},
    "no accesses but a text": { accesses: "read" },
    "too many accesses": { accesses: Array.from({ length: 65 }, () => access) },
    "an unknown kind": { accesses: [{ ...access, type: "execute" }] },
    "a write without what was written": { accesses: [{ ...access, type: "write" }] },
    "a half of a leaf": { accesses: [{ ...access, read: Buffer.alloc(16).toString("base64") }] },
    "a size that is neither word nor leaf": { accesses: [{ ...access, log2_size: 4 }] },
    "an address beyond 64 bits": { accesses: [{ ...access, address: 1n << 64n }] },
    "a sibling too few": { accesses: [{ ...access, sibling_hashes: siblings.slice(1) }] },
    "a sibling that is no hash": {
      accesses: [{ ...access, sibling_hashes: [...siblings.slice(1), "AAAA"] }],
    },
  })) {
    it(`refuses a log with ${name}`, async () => {
      await assert.rejects(logStepUarch(responding(value)), MismatchError);
    });
  }

  it("refuses malformed proofs and lists of hashes", async () => {
    for (const value of [{ target_hash: hash }, { target_hash: 1, sibling_hashes: siblings }, null]) {
      await assert.rejects(readProof(responding(value), 0n, 5), MismatchError);
    }
    const short = { target_hash: hash, sibling_hashes: siblings };
    await assert.rejects(readProof(responding(short), 0n, 6), MismatchError);
    for (const value of [
      { hashes: [hash] },
      { hashes: hash, mcycle_phase: 0 },
      { hashes: [hash], mcycle_phase: -1 },
    ]) {
      await assert.rejects(collectMcycleHashes(responding(value), 1n, 1n, 0n), MismatchError);
    }
    for (const reset_indices of [null, [1], [0, 0], [-1], ["0"]]) {
      const value = { hashes: [hash], reset_indices };
      await assert.rejects(collectUarchCycleHashes(responding(value), 1n), MismatchError);
    }
  });
});
