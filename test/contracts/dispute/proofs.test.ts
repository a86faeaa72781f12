import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { concat, type Hex, hexToBytes, numberToBytes, toHex, zeroHash } from "viem";
import {
  proveOutputsRoot,
  proveReset,
  proveResponse,
  proveStatus,
  proveStep,
  proveTemplate,
} from "../../../machine/dispute/index.ts";
import { encodePath } from "../../../machine/dispute/proofs/encodePath.ts";
import { CONSTANTS, STATUS, UARCH } from "../../../machine/dispute/proofs/stateTree.ts";
import { type Emulator, InputTooLongError, startEmulator } from "../../../machine/emulator/index.ts";
import { bytes, RAM_BYTES, startGuest } from "../../emulator/support/startGuest.ts";
import { areAltered } from "../support/startChain.ts";
import { encodeI, encodeS } from "./support/encodeInstruction.ts";
import { foldNode, hashOfNode } from "./support/foldNode.ts";
import { RAM, type Step, startUarch } from "./support/startUarch.ts";
import { startVerifier, type Verifier } from "./support/startVerifier.ts";

const LOAD = 0x03;
const STORE = 0x23;
const ECALL = 0x73;
const BASE = 21;

const ACCEPTED = 0x0201_0001_0000_0020n;
const SHORT_ROOT = 0x0201_0001_0000_001fn;
const REJECTED = 0x0201_0002_0000_0020n;
const EXCEPTION = 0x0201_0004_0000_0020n;
const AUTOMATIC = 0x0200_0001_0000_0020n;

const INPUT = bytes("an input that is longer than a leaf of the tree");

describe("The step verifier's proofs", () => {
  let verifier: Verifier;
  let guest: Emulator;
  let state: Hex;
  let cases: Case[];

  before(async () => {
    [verifier, guest] = await Promise.all([startVerifier(), startGuest()]);
    state = await guest.rootHash();
    cases = [...(await casesOfGuest()), ...(await casesOfSteps())];
  });
  after(() => guest.shutdown());

  /** A proof and the state that it belongs to, and what the verifier says of others. */
  interface Case {
    name: string;
    state: Hex;
    proof: Uint8Array;
    expected: unknown;
    verify: (state: Hex, proof: Uint8Array) => Promise<unknown>;
  }

  async function casesOfGuest(): Promise<Case[]> {
    await using answered = await guest.fork();
    await answered.sendCmioResponse(0, INPUT);
    await using stepping = await answered.fork();
    await stepping.runUarch(100n);
    const beforeReset = await stepping.rootHash();
    const reset = await proveReset(stepping);
    await stepping.resetUarch();
    return [
      {
        name: "response",
        state,
        proof: await proveResponse(guest, INPUT.length),
        expected: await answered.rootHash(),
        verify: (before, proof) => verifier.respond(before, INPUT, proof),
      },
      {
        name: "reset",
        state: beforeReset,
        proof: reset,
        expected: await stepping.rootHash(),
        verify: verifier.reset,
      },
      { name: "status", state, proof: await proveStatus(guest), expected: true, verify: verifier.isAccepted },
      {
        name: "outputs root",
        state,
        proof: await proveOutputsRoot(guest),
        expected: zeroHash,
        verify: verifier.outputsRoot,
      },
      {
        name: "template",
        state,
        proof: await proveTemplate(guest),
        expected: undefined,
        verify: verifier.checkTemplate,
      },
    ];
  }

  async function casesOfSteps(): Promise<Case[]> {
    await using uarch = await startUarch();
    const steps: [name: string, word: number, registers: { [register: number]: bigint }][] = [
      ["an instruction without memory", encodeI(0x13, 0, 20, 1, 1), { 1: 0x1122_3344_5566_7788n }],
      ["a load from RAM", encodeI(LOAD, 3, 20, BASE, 8), { [BASE]: RAM }],
      ["a store to RAM", encodeS(STORE, 0, BASE, 1, 9), { [BASE]: RAM }],
      ["a store to the microarchitecture's RAM", encodeS(STORE, 3, BASE, 1, 8), { [BASE]: 0x60_0000n }],
      ["a load beside the registers", encodeI(LOAD, 3, 20, BASE, 0), { [BASE]: 0x40_0200n }],
      ["a load from the shadow", encodeI(LOAD, 3, 20, BASE, 0), { [BASE]: 0x100n }],
      ["a slot of the lookaside buffer", ECALL, { 17: 4n, 10: 1n, 11: 2n, 12: 3n, 13: 4n, 14: 5n }],
    ];
    const made: Case[] = [];
    for (const [name, word, registers] of steps) {
      const step = await uarch.stepOf(word, registers);
      made.push(caseOfStep(name, step));
    }
    await uarch.emulator.writeRegister("uarch_halt_flag", 1n);
    made.push(caseOfStep("a halted microarchitecture", await uarch.step()));
    return made;
  }

  function caseOfStep(name: string, step: Step): Case {
    return { name, state: step.before, proof: step.proof, expected: step.after, verify: verifier.step };
  }

  it("have the emulator's results", async () => {
    for (const { name, state, proof, expected, verify } of cases) {
      assert.equal(await verify(state, proof), expected, name);
    }
  });

  it("leave the machine as it is", async () => {
    await using machine = await guest.fork();
    await proveStep(machine);
    await proveReset(machine);
    await proveResponse(machine, INPUT.length);
    assert.equal(await machine.rootHash(), state);
    assert.equal(await machine.readRegister("uarch_cycle"), 0n);
  });

  it("are refused with any changed byte", async () => {
    for (const [index, { name, state, proof, verify }] of cases.entries()) {
      for (let place = index % 11; place < proof.length; place += 11) {
        const changed = Uint8Array.from(proof);
        changed[place]! ^= 1 << (place & 7);
        assertRefused(await verify(state, changed), `${name}, byte ${place}`);
      }
    }
  });

  it("are refused if anything is missing or too much", async () => {
    for (const { name, state, proof, verify } of cases) {
      for (const length of [
        0,
        1,
        31,
        32,
        64,
        280,
        312,
        proof.length - 32,
        proof.length - 8,
        proof.length - 1,
      ]) {
        if (length < proof.length) {
          assertRefused(await verify(state, proof.subarray(0, length)), `${name}, ${length} bytes`);
        }
      }
      for (const more of [1, 8, 31, 32, 64]) {
        assertRefused(await verify(state, concat([proof, new Uint8Array(more)])), `${name}, ${more} more`);
        assertRefused(await verify(state, concat([proof, proof.subarray(-more)])), `${name}, ${more} again`);
        assertRefused(await verify(state, concat([new Uint8Array(more), proof])), `${name}, ${more} before`);
      }
    }
  });

  it("are refused for another state, and by another function", async () => {
    for (const one of cases) {
      for (const other of cases) {
        if (one.state !== other.state) {
          assertRefused(await one.verify(other.state, one.proof), `${one.name} at ${other.name}`);
        }
        if (one.verify !== other.verify) {
          assertRefused(await other.verify(one.state, one.proof), `${one.name} as ${other.name}`);
        }
      }
      assertRefused(await one.verify(zeroHash, one.proof), one.name);
    }
  });

  it("may spell out a sibling that covers nothing but zeros, to the same result", async () => {
    const proof = await proveReset(guest);
    const bitmap = Buffer.from(proof).readBigUInt64BE(32);
    const level = 63;
    assert.equal((bitmap >> BigInt(level)) & 1n, 1n);
    const { siblings } = await guest.proof(UARCH.address, UARCH.level);
    const spelled = concat([
      proof.subarray(0, 32),
      numberToBytes(bitmap & ~(1n << BigInt(level)), { size: 8 }),
      proof.subarray(40),
      hexToBytes(siblings.at(-1)!),
    ]);
    assert.equal(await verifier.reset(state, spelled), await verifier.reset(state, proof));
    for (const outside of [0n, 4n, 21n]) {
      const stray = Uint8Array.from(proof);
      stray.set(numberToBytes(bitmap | (1n << outside), { size: 8 }), 32);
      assert.equal(await verifier.reset(state, stray), "InvalidProof");
    }
  });

  it("answer with inputs of any length as the emulator does", async () => {
    for (const length of [0, 1, 31, 32, 33, 64, 65, 96, 1000, 1024, 1025, 5000]) {
      await using machine = await guest.fork();
      const input = Uint8Array.from({ length }, (_, index) => index + 1);
      const proof = await proveResponse(machine, length);
      await machine.sendCmioResponse(0, input);
      assert.equal(await verifier.respond(state, input, proof), await machine.rootHash(), `${length} bytes`);
    }
  });

  it("answer with an input over what the receive buffer held", async () => {
    await using machine = await guest.fork();
    await machine.sendCmioResponse(0, new Uint8Array(300).fill(0x61));
    await machine.run();
    for (const length of [0, 1, 40, 257, 600]) {
      await using answered = await machine.fork();
      const input = new Uint8Array(length).fill(7);
      const proof = await proveResponse(answered, length);
      await answered.sendCmioResponse(0, input);
      assert.equal(await verifier.respond(await machine.rootHash(), input, proof), await answered.rootHash());
    }
  });

  it("answer with no other input than that of which the proof is", async () => {
    const proof = await proveResponse(guest, INPUT.length);
    const result = await verifier.respond(state, INPUT, proof);
    const changed = Uint8Array.from(INPUT);
    changed[3]! ^= 1;
    assert.notEqual(await verifier.respond(state, changed, proof), result);
    assert.notEqual(await verifier.respond(state, concat([INPUT, new Uint8Array(1)]), proof), result);
    assertRefused(await verifier.respond(state, INPUT.subarray(0, 32), proof), "another node");
    assertRefused(await verifier.respond(state, new Uint8Array(), proof), "no node");
  });

  it("answer whatever the machine said last, unless it does not wait", async () => {
    for (const ending of ["j", "e", "!", "A"]) {
      await using machine = await guest.fork();
      await machine.sendCmioResponse(0, bytes(ending));
      await machine.run();
      const before = await machine.rootHash();
      const proof = await proveResponse(machine, INPUT.length);
      assert.equal(await verifier.isAccepted(before, await proveStatus(machine)), false, ending);
      assertRefused(await verifier.checkTemplate(before, await proveTemplate(machine)), ending);
      await machine.sendCmioResponse(0, INPUT);
      const after = await machine.rootHash();
      assert.equal(await verifier.respond(before, INPUT, proof), after, ending);
      const again = await proveResponse(machine, INPUT.length);
      assert.equal(await verifier.respond(after, INPUT, again), "NotWaiting", ending);
      await assert.rejects(machine.sendCmioResponse(0, INPUT));
    }
  });

  it("answer with what fits into the receive buffer", async () => {
    const longest = 2 ** 21;
    assert.equal(await verifier.verifier.read.maxInputBytes(), BigInt(longest));
    await proveResponse(guest, longest);
    await assert.rejects(proveResponse(guest, longest + 1), InputTooLongError);
  });

  it("show the first leaf of the transmit buffer", async () => {
    await using machine = await guest.fork();
    const request = new Uint8Array(33).fill(0x61);
    await machine.sendCmioResponse(0, request);
    await machine.run();
    const shown = await verifier.outputsRoot(await machine.rootHash(), await proveOutputsRoot(machine));
    assert.equal(shown, toHex(request.subarray(0, 32)));
  });

  /** The state of a machine of which one part is another, and what proves that part. */
  async function forgedState(part: { address: bigint; level: number }, words: { [address: number]: bigint }) {
    const content = Buffer.from(await guest.readMemory(part.address, 2 ** part.level));
    for (const [address, value] of Object.entries(words)) {
      content.writeBigUInt64LE(value, Number(address) - Number(part.address));
    }
    const { siblings } = await guest.proof(part.address, part.level);
    const forged = foldNode(hashOfNode(content), part.address, part.level, siblings);
    const joins = part === CONSTANTS ? [UARCH.level] : [];
    return { forged, proof: concat([content, ...encodePath(siblings, part.level, joins)]) };
  }

  const Y = 0x300;
  const H = 0x308;
  const TO_HOST = 0x328;
  const statuses: [words: { [address: number]: bigint }, isAccepted: boolean][] = [
    [{}, true],
    [{ [Y]: 0n }, false],
    [{ [H]: 1n }, false],
    [{ [Y]: 0n, [H]: 1n }, false],
    ...[REJECTED, EXCEPTION, AUTOMATIC, SHORT_ROOT, ACCEPTED | (1n << 31n), ACCEPTED | (1n << 63n), 0n].map(
      (tohost): [{ [address: number]: bigint }, boolean] => [{ [TO_HOST]: tohost }, false],
    ),
    [{ 816: 5n, 760: 1n }, true],
  ];

  it("take a state as accepted only if it yielded manually for that reason, with 32 bytes of data, and did not halt", async () => {
    for (const [words, expected] of statuses) {
      const inStatus = Object.fromEntries(Object.entries(words).filter(([address]) => Number(address) >= Y));
      const { forged, proof } = await forgedState(STATUS, inStatus);
      assert.equal(await verifier.isAccepted(forged, proof), expected, JSON.stringify(Object.keys(words)));
    }
  });

  it("take a state as a template only if it is accepted, of this version, and can be reproduced", async () => {
    const marchid = 0x290;
    const iunrep = 0x2f0;
    for (const [words, expected] of [
      ...statuses,
      [{ [marchid]: 19n }, false],
      [{ [marchid]: 21n }, false],
      [{ [iunrep]: 1n }, false],
    ] as typeof statuses) {
      const { forged, proof } = await forgedState(CONSTANTS, words);
      const answer = await verifier.checkTemplate(forged, proof);
      assert.equal(answer, expected ? undefined : "NotATemplate", JSON.stringify(Object.keys(words)));
    }
  });

  it("take no machine as a template that cannot be reproduced, or is in the middle of a cycle", async () => {
    await using unreproducible = await startEmulator();
    await unreproducible.create({ ram: { length: RAM_BYTES }, processor: { registers: { iunrep: 1 } } });
    const answer = await verifier.checkTemplate(
      await unreproducible.rootHash(),
      await proveTemplate(unreproducible),
    );
    assert.equal(answer, "NotATemplate");
    await using machine = await guest.fork();
    await machine.runUarch(1n);
    const inTheMiddle = await verifier.checkTemplate(await machine.rootHash(), await proveTemplate(machine));
    assert.equal(inTheMiddle, "InvalidProof");
  });

  it("are of this version", async () => {
    const { read } = verifier.verifier;
    assert.equal(await read.emulatorVersion(), "0.20");
    const { hash } = await guest.proof(UARCH.address, UARCH.level);
    assert.equal(await read.pristineUarch(), hash);
  });

  (areAltered ? it.skip : it)("fit a contract", async () => {
    const code = await verifier.chain.client.getCode({ address: verifier.verifier.address });
    assert.ok(code!.length / 2 - 1 <= 24_576, `${code!.length / 2 - 1} bytes`);
  });
});

function assertRefused(outcome: unknown, what: string): void {
  assert.match(String(outcome), /^(InvalidProof|NotWaiting|NotATemplate|Illegal\w+)$/, what);
}
