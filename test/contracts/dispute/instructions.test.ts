import assert from "node:assert/strict";
import fc from "fast-check";
import { after, before, describe, it } from "mocha";
import { EmulatorRequestError } from "../../../machine/emulator/index.ts";
import { fuzzRuns } from "../../nix/support/fuzzRuns.ts";
import { encodeB, encodeI, encodeJ, encodeR, encodeS, encodeU } from "./support/encodeInstruction.ts";
import { craftProof, PROGRAM, RAM, type Step, startUarch, type Uarch } from "./support/startUarch.ts";
import { startVerifier, type Verifier } from "./support/startVerifier.ts";

const LOAD = 0x03;
const FENCE = 0x0f;
const OP_IMM = 0x13;
const AUIPC = 0x17;
const OP_IMM_32 = 0x1b;
const STORE = 0x23;
const OP = 0x33;
const LUI = 0x37;
const OP_32 = 0x3b;
const BRANCH = 0x63;
const JALR = 0x67;
const JAL = 0x6f;
const ECALL = 0x73;
const EBREAK = 0x10_0073;

const ALTERNATIVE = 0x20;

/** Values around which computations of 32 and 64 bits differ, in x1 and the registers after it. */
const CORNERS: readonly bigint[] = [
  0n,
  1n,
  -1n,
  31n,
  32n,
  63n,
  64n,
  0x7fff_ffffn,
  0x8000_0000n,
  0xffff_ffffn,
  0x1_0000_0000n,
  0x7fff_ffff_ffff_ffffn,
  0x8000_0000_0000_0000n,
  0xffff_ffff_8000_0000n,
  0x8000_0000_7fff_ffffn,
  0x0123_4567_89ab_cdefn,
];
const FIRST = 1;
const CORNER_REGISTERS = CORNERS.map((_, index) => FIRST + index);
const RESULT = 20;
const BASE = 21;
const IMMEDIATES = [0, 1, -1, 2047, -2048];

const A0 = 10;
const A1 = 11;
const A7 = 17;

describe("The step verifier's instructions", () => {
  let verifier: Verifier;
  let uarch: Uarch;

  before(async () => {
    [verifier, uarch] = await Promise.all([startVerifier(), startUarch()]);
  });
  after(() => uarch.emulator.shutdown());

  beforeEach(async () => {
    await uarch.setRegisters(Object.fromEntries(CORNERS.map((value, index) => [FIRST + index, value])));
  });

  async function computesLikeTheEmulator(steps: readonly Step[]): Promise<void> {
    for (const [index, { before, proof, after }] of steps.entries()) {
      assert.equal(await verifier.step(before, proof), after, `step ${index}`);
    }
  }

  async function computesAlike(word: number, registers: { [register: number]: bigint } = {}): Promise<void> {
    await computesLikeTheEmulator([await uarch.stepOf(word, registers)]);
  }

  const operations: [opcode: number, funct3: number, funct7: number][] = [
    ...[0, 1, 2, 3, 4, 5, 6, 7].map((funct3): [number, number, number] => [OP, funct3, 0]),
    [OP, 0, ALTERNATIVE],
    [OP, 5, ALTERNATIVE],
    ...[0, 1, 5].map((funct3): [number, number, number] => [OP_32, funct3, 0]),
    [OP_32, 0, ALTERNATIVE],
    [OP_32, 5, ALTERNATIVE],
  ];

  it("compute with registers: add, sub, shifts, comparisons, bits, and those of 32 bits", async () => {
    const pairs = CORNER_REGISTERS.flatMap((a) => [
      [a, CORNER_REGISTERS[(a * 5) % CORNERS.length]!],
      [a, CORNER_REGISTERS[(a * 7 + 3) % CORNERS.length]!],
    ]);
    const words = operations.flatMap(([opcode, funct3, funct7]) =>
      pairs.map(([a, b]) => encodeR(opcode, funct3, funct7, RESULT, a!, b!)),
    );
    await computesLikeTheEmulator(await uarch.stepsOf(words));
  });

  it("compute with an immediate", async () => {
    const words = CORNER_REGISTERS.filter((register) => register % 3 === 0).flatMap((register) => [
      ...[0, 2, 3, 4, 6, 7].flatMap((funct3) =>
        IMMEDIATES.map((immediate) => encodeI(OP_IMM, funct3, RESULT, register, immediate)),
      ),
      ...IMMEDIATES.map((immediate) => encodeI(OP_IMM_32, 0, RESULT, register, immediate)),
    ]);
    await computesLikeTheEmulator(await uarch.stepsOf(words));
  });

  it("shift by an immediate, up to 63 and up to 31", async () => {
    const words = CORNER_REGISTERS.filter((register) => register % 4 === 0).flatMap((register) =>
      [0, 1, 31, 32, 63].flatMap((distance) => [
        encodeI(OP_IMM, 1, RESULT, register, distance),
        encodeI(OP_IMM, 5, RESULT, register, distance),
        encodeI(OP_IMM, 5, RESULT, register, distance | 0x400),
        encodeI(OP_IMM_32, 1, RESULT, register, distance & 31),
        encodeI(OP_IMM_32, 5, RESULT, register, distance & 31),
        encodeI(OP_IMM_32, 5, RESULT, register, (distance & 31) | 0x400),
      ]),
    );
    await computesLikeTheEmulator(await uarch.stepsOf(words));
  });

  it("load constants, and addresses relative to pc", async () => {
    const words = [0, 1, 0x7ffff, 0x80000, 0xfffff].flatMap((upper) => [
      encodeU(LUI, RESULT, upper),
      encodeU(AUIPC, RESULT, upper),
    ]);
    await computesLikeTheEmulator(await uarch.stepsOf([...words, encodeI(FENCE, 0, 0, 0, 0xff)]));
  });

  it("never write x0", async () => {
    await uarch.setRegisters({ [BASE]: RAM });
    const words = [
      encodeR(OP, 0, 0, 0, 2, 3),
      encodeI(OP_IMM, 0, 0, 2, 5),
      encodeR(OP_32, 0, 0, 0, 2, 3),
      encodeI(OP_IMM_32, 0, 0, 2, 5),
      encodeU(LUI, 0, 1),
      encodeU(AUIPC, 0, 1),
      encodeI(LOAD, 3, 0, BASE, 0),
      encodeJ(JAL, 0, 4),
    ];
    await computesLikeTheEmulator(await uarch.stepsOf(words));
    await computesAlike(encodeI(JALR, 0, 0, BASE, 0), { [BASE]: PROGRAM });
    assert.equal(await uarch.emulator.readRegister("uarch_x0"), 0n);
  });

  for (const [where, base] of [
    ["RAM", RAM],
    ["the receive buffer", 0x6000_0000n],
    ["the microarchitecture's RAM", PROGRAM + 0x8000n],
    ["the instruction's own leaf", PROGRAM],
  ] as const) {
    it(`load each width from ${where}, extended with signs and with zeros`, async () => {
      const content = Buffer.from("0180ff7f80fe0102fffefdfc8182838400112233445566778899aabbccddeeff", "hex");
      const at = where === "the instruction's own leaf" ? base + 32n : base;
      await uarch.emulator.writeMemory(at, content);
      await uarch.setRegisters({ [BASE]: at });
      const words = [0, 1, 2, 3, 4, 5, 6].flatMap((funct3) => {
        const width = 1 << (funct3 & 3);
        const offsets = [0, 1, 2, 3, 5, 7, 31].map((place) => (place * width) % 32);
        return [...new Set(offsets)].map((offset) => encodeI(LOAD, funct3, RESULT, BASE, offset));
      });
      if (at === base) {
        await computesLikeTheEmulator(await uarch.stepsOf(words));
        return;
      }
      // each load finds itself
      for (const word of words.slice(0, 12)) {
        await computesAlike(word, { [BASE]: base });
      }
    });

    it(`store each width to ${where}, and leave the bytes beside it`, async () => {
      await uarch.setRegisters({ [BASE]: base + 16n });
      const words = [0, 1, 2, 3].flatMap((funct3) =>
        [-16, -8, 0, 8 + (8 >> funct3), 15].map((offset) => {
          const aligned = offset - (((offset % (1 << funct3)) + (1 << funct3)) % (1 << funct3));
          return encodeS(STORE, funct3, BASE, 1 + ((offset + 16) % CORNERS.length), aligned);
        }),
      );
      for (const word of words) {
        await computesAlike(word);
      }
    });
  }

  it("load what the machine's registers are, and addresses that wrap around", async () => {
    await computesAlike(encodeI(LOAD, 3, RESULT, BASE, 0), { [BASE]: 0x290n });
    await computesAlike(encodeI(LOAD, 3, RESULT, BASE, -8), { [BASE]: 0n });
    await computesAlike(encodeI(LOAD, 4, RESULT, BASE, 2047), { [BASE]: -2040n });
    await computesAlike(encodeS(STORE, 3, BASE, 3, 0), { [BASE]: 0x100n });
  });

  it("branch if they must, forwards and backwards", async () => {
    for (const funct3 of [0, 1, 4, 5, 6, 7]) {
      for (const [a, b] of [
        [3, 3],
        [1, 3],
        [3, 1],
        [12, 13],
        [13, 12],
      ] as const) {
        await computesAlike(encodeB(BRANCH, funct3, a, b, funct3 % 2 === 0 ? 4094 : -4096));
      }
    }
    for (const distance of [2, 8, 0x800, -2, -2048]) {
      await computesAlike(encodeB(BRANCH, 0, 3, 3, distance));
    }
  });

  it("jump, also to odd targets and around the end of the address space", async () => {
    for (const distance of [0, 2, 0x800, 0xffffe, -2, -0x800, -0x10_0000]) {
      await computesAlike(encodeJ(JAL, RESULT, distance));
    }
    for (const [target, offset] of [
      [PROGRAM, 1],
      [PROGRAM + 1n, 0],
      [PROGRAM + 1n, 2],
      [0n, -2048],
      [-1n, 2],
    ] as const) {
      await computesAlike(encodeI(JALR, 0, RESULT, BASE, offset), { [BASE]: target });
    }
    await computesAlike(encodeI(JALR, 0, BASE, BASE, 12), { [BASE]: PROGRAM });
  });

  it("halt, print a character, mark a page", async () => {
    await computesAlike(ECALL, { [A7]: 2n, [A0]: 10n });
    await computesAlike(ECALL, { [A7]: 3n, [A0]: RAM });
    await computesAlike(ECALL, { [A7]: 1n });
    await uarch.emulator.resetUarch();
  });

  it("write the first and last slots of the translation lookaside buffer", async () => {
    for (const [set, slot] of [
      [0n, 0n],
      [0n, 255n],
      [1n, 17n],
      [2n, 255n],
    ] as const) {
      await computesAlike(ECALL, { [A7]: 4n, [A0]: set, [A1]: slot, 12: -1n, 13: 0x1000n * slot, 14: 7n });
    }
  });

  it("are not executed once the microarchitecture is halted or has run through its cycles", async () => {
    await uarch.program([encodeI(OP_IMM, 0, RESULT, 1, 1)]);
    for (const cycle of [1n << 20n, (1n << 20n) + 1n, (1n << 64n) - 1n]) {
      await uarch.emulator.writeRegister("uarch_cycle", cycle);
      const stopped = await uarch.step();
      assert.equal(stopped.after, stopped.before);
      await computesLikeTheEmulator([stopped]);
    }
    await uarch.emulator.writeRegister("uarch_cycle", (1n << 20n) - 1n);
    const last = await uarch.step();
    assert.notEqual(last.after, last.before);
    await computesLikeTheEmulator([last, await uarch.step()]);
    await uarch.emulator.writeRegister("uarch_cycle", 0n);
    for (const flag of [1n, 2n, 1n << 63n]) {
      await uarch.emulator.writeRegister("uarch_halt_flag", flag);
      const stopped = await uarch.step();
      assert.equal(stopped.after, stopped.before);
      await computesLikeTheEmulator([stopped]);
    }
    await uarch.emulator.writeRegister("uarch_halt_flag", 0n);
  });

  /** What the verifier says of a step that the emulator refuses, or that would end it. */
  async function refusalOf(
    word: number,
    registers: { [register: number]: bigint } = {},
    touched?: bigint,
  ): Promise<unknown> {
    await uarch.setRegisters(registers);
    await uarch.program([word]);
    return verifier.step(await uarch.emulator.rootHash(), await craftProof(uarch.emulator, touched));
  }

  it("are refused where the emulator refuses them", async () => {
    const illegal: number[] = [
      0,
      0xffff_ffff,
      EBREAK,
      0x20_0073,
      0xc000_10f3, // csrrw
      encodeI(JALR, 1, RESULT, 1, 0),
      encodeI(FENCE, 1, 0, 0, 0),
      encodeR(OP, 0, 1, RESULT, 1, 2), // mul
      encodeR(OP, 1, ALTERNATIVE, RESULT, 1, 2),
      encodeR(OP, 7, ALTERNATIVE, RESULT, 1, 2),
      encodeR(OP, 0, 0x60, RESULT, 1, 2),
      encodeR(OP_32, 2, 0, RESULT, 1, 2),
      encodeR(OP_32, 7, 0, RESULT, 1, 2),
      encodeR(OP_32, 1, ALTERNATIVE, RESULT, 1, 2),
      encodeI(OP_IMM, 1, RESULT, 1, 0x400),
      encodeI(OP_IMM, 1, RESULT, 1, 0x040),
      encodeI(OP_IMM, 5, RESULT, 1, -1),
      encodeI(OP_IMM_32, 1, RESULT, 1, 32),
      encodeI(OP_IMM_32, 5, RESULT, 1, 0x420),
      encodeI(OP_IMM_32, 2, RESULT, 1, 0),
      encodeB(BRANCH, 2, 1, 1, 8),
      encodeB(BRANCH, 3, 1, 1, 8),
      0x2f,
      0x37 & ~3,
    ];
    for (const word of illegal) {
      assert.equal(await refusalOf(word), "IllegalInstruction", word.toString(16));
      await assert.rejects(uarch.emulator.logStepUarch(), EmulatorRequestError, word.toString(16));
    }
    for (const word of [encodeI(LOAD, 7, RESULT, BASE, 0), encodeS(STORE, 4, BASE, 1, 0)]) {
      assert.equal(await refusalOf(word, { [BASE]: RAM }, RAM), "IllegalInstruction", word.toString(16));
      await assert.rejects(uarch.emulator.logStepUarch(), EmulatorRequestError, word.toString(16));
    }
  });

  it("are refused as calls that the environment does not have, or with slots that do not exist", async () => {
    const slots: [set: bigint, slot: bigint][] = [
      [3n, 0n],
      [0n, 256n],
      [1n << 32n, 0n],
      [0n, 1n << 59n],
    ];
    for (const [set, slot] of slots) {
      assert.equal(await refusalOf(ECALL, { [A7]: 4n, [A0]: set, [A1]: slot }, 0x7000n), "IllegalEcall");
    }
    for (const requested of [0n, 5n, 0x1_0000_0001n, -1n]) {
      assert.equal(await refusalOf(ECALL, { [A7]: requested }), "IllegalEcall");
    }
  });

  it("are refused with misaligned addresses, and with the microarchitecture's own registers", async () => {
    const misaligned: [funct3: number, address: bigint][] = [
      [1, RAM + 1n],
      [2, RAM + 2n],
      [3, RAM + 4n],
      [5, RAM + 31n],
      [6, RAM + 30n],
      [3, RAM + 28n],
    ];
    for (const [funct3, address] of misaligned) {
      const load = encodeI(LOAD, funct3, RESULT, BASE, 0);
      assert.equal(await refusalOf(load, { [BASE]: address }, address), "IllegalAddress");
      const store = encodeS(STORE, funct3 & 3, BASE, 1, 0);
      assert.equal(await refusalOf(store, { [BASE]: address }, address), "IllegalAddress");
    }
    for (const address of [0x40_0000n, 0x40_0018n, 0x40_0110n, 0x40_0118n, 0x40_01f8n]) {
      const load = encodeI(LOAD, 3, RESULT, BASE, 0);
      assert.equal(await refusalOf(load, { [BASE]: address }, 0x40_0200n), "IllegalAddress");
      const store = encodeS(STORE, 3, BASE, 1, 0);
      assert.equal(await refusalOf(store, { [BASE]: address }, 0x40_0200n), "IllegalAddress");
    }
    await computesAlike(encodeI(LOAD, 3, RESULT, BASE, 0), { [BASE]: 0x40_0200n });
  });

  it("are refused outside the microarchitecture's RAM, and between instructions", async () => {
    const word = encodeI(OP_IMM, 0, RESULT, 1, 1);
    for (const pc of [RAM, 0x40_0200n, 0x60_0000n - 4n, 0x80_0000n, PROGRAM + 2n, (1n << 63n) + PROGRAM]) {
      await uarch.program([word]);
      await uarch.emulator.writeRegister("uarch_pc", pc);
      const proof = await craftProof(uarch.emulator);
      assert.equal(await verifier.step(await uarch.emulator.rootHash(), proof), "IllegalAddress");
    }
    for (const pc of [0x60_0000n, 0x80_0000n - 4n]) {
      await uarch.program([word], pc);
      await computesLikeTheEmulator([await uarch.step()]);
    }
  });

  it("compute nothing else than the emulator, whatever instruction and registers", async () => {
    const opcode = fc.constantFrom(
      LOAD,
      FENCE,
      OP_IMM,
      AUIPC,
      OP_IMM_32,
      STORE,
      OP,
      LUI,
      OP_32,
      BRANCH,
      JALR,
      JAL,
      ECALL,
    );
    const shape = fc.oneof(
      fc.integer({ min: 0, max: 2 ** 25 - 1 }),
      fc
        .tuple(fc.integer({ min: 0, max: 2 ** 18 - 1 }), fc.constantFrom(0, ALTERNATIVE))
        .map(([low, funct7]) => low | (funct7 << 18)),
      fc.constant(0),
    );
    const value = fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.constantFrom(...CORNERS));
    let computed = 0;
    await fc.assert(
      fc.asyncProperty(opcode, shape, value, value, async (kind, rest, a, b) => {
        const word = (((rest << 7) >>> 0) | kind) >>> 0;
        const [rs1, rs2] = [(word >>> 15) & 31, (word >>> 20) & 31];
        const isAccess = kind === LOAD || kind === STORE;
        const registers: { [register: number]: bigint } = { [rs2]: b, [rs1]: a };
        let touched: bigint | undefined;
        if (isAccess) {
          // misaligned, it would end the emulator; beyond RAM, they may differ
          const immediate = BigInt.asIntN(
            12,
            BigInt(kind === LOAD ? word >>> 20 : ((word >>> 25) << 5) | ((word >>> 7) & 31)),
          );
          touched = RAM + (BigInt.asUintN(64, a) % 0x1000n) * 8n;
          registers[rs1] = touched - immediate;
        }
        delete registers[0];
        if (isAccess && rs1 === 0) {
          return;
        }
        await uarch.setRegisters(registers);
        await uarch.program([word]);
        const before = await uarch.emulator.rootHash();
        const crafted = await craftProof(uarch.emulator, touched);
        const log = await uarch.emulator.logStepUarch().catch((error: unknown) => {
          assert.ok(error instanceof EmulatorRequestError, String(error));
        });
        const result = await verifier.step(before, crafted);
        if (log === undefined) {
          assert.match(String(result), /^Illegal/);
        } else {
          const after = await uarch.emulator.rootHash();
          assert.equal(result, after);
          assert.equal(await uarch.emulator.verifyStepUarch(before, log, after), true);
          computed++;
        }
        await uarch.emulator.resetUarch();
      }),
      { numRuns: fuzzRuns(150) },
    );
    assert.ok(computed > 50, `${computed} legal instructions`);
  });
});
