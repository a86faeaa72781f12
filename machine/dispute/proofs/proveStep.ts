import { concat } from "viem";
import type { Access, Emulator } from "../../emulator/index.ts";
import { encodePath } from "./encodePath.ts";
import { LEAF_LEVEL, meetingLevel, UARCH_RAM, UARCH_REGISTERS, UARCH_REGISTERS_BYTES } from "./stateTree.ts";

type Machine = Pick<Emulator, "readMemory" | "logStepUarch">;

/** A stopped microarchitecture reads only its cycle, and its halt flag if the cycle was not the reason. */
const INSTRUCTION_ACCESS = 3;

/** The proof of the machine's next step of the microarchitecture. The machine itself does not take it. */
export async function proveStep(machine: Pick<Emulator, "fork">): Promise<Uint8Array> {
  await using fork = await machine.fork();
  return await takeProvenStep(fork);
}

/** Takes the machine's next step of the microarchitecture, and returns its proof. */
export async function takeProvenStep(machine: Machine): Promise<Uint8Array> {
  const registers = await machine.readMemory(UARCH_REGISTERS.address, UARCH_REGISTERS_BYTES);
  return encodeStep(registers, await machine.logStepUarch());
}

function encodeStep(registers: Uint8Array, log: readonly Access[]): Uint8Array {
  const instruction = log[INSTRUCTION_ACCESS];
  const touched = log.slice(INSTRUCTION_ACCESS + 1).find((access) => !isRegister(access));
  const joins = [
    ...(instruction ? [UARCH_RAM.level] : []),
    ...(touched ? [meetingLevel(touched.address, UARCH_REGISTERS.address)] : []),
  ];
  return concat([
    registers,
    ...(instruction ? encodeLeaf(instruction, UARCH_RAM.level) : []),
    ...(touched ? encodeLeaf(touched, meetingLevel(touched.address, UARCH_REGISTERS.address)) : []),
    ...encodePath(log[0]!.siblings.slice(UARCH_REGISTERS.level - LEAF_LEVEL), UARCH_REGISTERS.level, joins),
  ]);
}

function encodeLeaf({ leaf, siblings }: Access, top: number): Uint8Array[] {
  return [leaf, ...encodePath(siblings.slice(0, top - LEAF_LEVEL), LEAF_LEVEL)];
}

function isRegister({ address }: Access): boolean {
  const offset = address - UARCH_REGISTERS.address;
  return offset >= 0n && offset < UARCH_REGISTERS_BYTES;
}
