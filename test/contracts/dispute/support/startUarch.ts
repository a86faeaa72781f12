import { concat, type Hex } from "viem";
import { takeProvenStep } from "../../../../machine/dispute/index.ts";
import { encodePath } from "../../../../machine/dispute/proofs/encodePath.ts";
import {
  LEAF_BYTES,
  LEAF_LEVEL,
  meetingLevel,
  UARCH_RAM,
  UARCH_REGISTERS,
  UARCH_REGISTERS_BYTES,
} from "../../../../machine/dispute/proofs/stateTree.ts";
import { type Emulator, startEmulator } from "../../../../machine/emulator/index.ts";

/** Where the program is; beyond the emulator's own, so that nothing else is there. */
export const PROGRAM = UARCH_RAM.address + 0x10_0000n;
export const RAM = 0x8000_0000n;
const RAM_BYTES = 64 * 1024;

export interface Step {
  before: Hex;
  proof: Uint8Array;
  after: Hex;
}

/** A machine whose microarchitecture runs programs of the test. */
export async function startUarch() {
  const emulator = await startEmulator();
  await emulator.create({ ram: { length: RAM_BYTES } });

  async function setRegisters(values: { readonly [register: number]: bigint }): Promise<void> {
    for (const [register, value] of Object.entries(values)) {
      await emulator.writeRegister(`uarch_x${register}`, BigInt.asUintN(64, value));
    }
  }

  async function program(words: readonly number[], at: bigint = PROGRAM): Promise<void> {
    const bytes = Buffer.alloc(4 * words.length);
    words.forEach((word, index) => void bytes.writeUInt32LE(word, 4 * index));
    await emulator.writeMemory(at, bytes);
    await emulator.writeRegister("uarch_pc", at);
  }

  async function step(): Promise<Step> {
    const before = await emulator.rootHash();
    const proof = await takeProvenStep(emulator);
    return { before, proof, after: await emulator.rootHash() };
  }

  return {
    emulator,
    setRegisters,
    program,
    step,
    /** The steps of a program without jumps. */
    async stepsOf(words: readonly number[]): Promise<Step[]> {
      await program(words);
      const steps: Step[] = [];
      for (const _ of words) {
        steps.push(await step());
      }
      return steps;
    },
    /** The step of a single instruction. */
    async stepOf(word: number, registers: { readonly [register: number]: bigint } = {}): Promise<Step> {
      await setRegisters(registers);
      await program([word]);
      return step();
    },
    [Symbol.asyncDispose]: () => emulator.shutdown(),
  };
}

export type Uarch = Awaited<ReturnType<typeof startUarch>>;

/**
 * The proof of the next step, made without the emulator's log: also of a step that the emulator refuses, or that would end it.
 *
 * @param touched an address in the leaf that the instruction touches.
 */
export async function craftProof(machine: Emulator, touched?: bigint): Promise<Uint8Array> {
  const registers = await machine.readMemory(UARCH_REGISTERS.address, UARCH_REGISTERS_BYTES);
  const { siblings } = await machine.proof(UARCH_REGISTERS.address, UARCH_REGISTERS.level);
  const pc = await machine.readRegister("uarch_pc");
  const level = touched === undefined ? UARCH_RAM.level : meetingLevel(touched, UARCH_REGISTERS.address);
  return concat([
    registers,
    ...(await provenLeaf(machine, pc, UARCH_RAM.level)),
    ...(touched === undefined ? [] : await provenLeaf(machine, touched, level)),
    ...encodePath(siblings, UARCH_REGISTERS.level, [UARCH_RAM.level, level]),
  ]);
}

async function provenLeaf(machine: Emulator, position: bigint, top: number): Promise<Uint8Array[]> {
  const address = position - (position % BigInt(LEAF_BYTES));
  const { siblings } = await machine.proof(address, LEAF_LEVEL);
  const leaf = await machine.readMemory(address, LEAF_BYTES);
  return [leaf, ...encodePath(siblings.slice(0, top - LEAF_LEVEL), LEAF_LEVEL)];
}
