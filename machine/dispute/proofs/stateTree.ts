/** A part of the machine's memory that is a node of its hash tree: 2^level bytes. */
export interface Part {
  readonly address: bigint;
  readonly level: number;
}

export const LEAF_LEVEL = 5;
export const LEAF_BYTES = 32;
export const ROOT_LEVEL = 64;

/** What the machine waits for: whether it has yielded, and the registers of its host-target interface. */
export const STATUS: Part = { address: 0x300n, level: 6 };
export const STATUS_BYTES = 64;

/** The status, and what is the same in all states: the machine's version and whether it can be reproduced. */
export const CONSTANTS: Part = { address: 0x200n, level: 9 };
export const CONSTANTS_BYTES = 512;

export const UARCH: Part = { address: 0x40_0000n, level: 22 };
export const UARCH_REGISTERS: Part = { address: 0x40_0000n, level: 9 };
/** The rest of their node is zeros. */
export const UARCH_REGISTERS_BYTES = 280;
/** The upper half of the microarchitecture's part. */
export const UARCH_RAM: Part = { address: 0x60_0000n, level: 21 };

export const RECEIVE_BUFFER: Part = { address: 0x6000_0000n, level: 21 };
export const TRANSMIT_BUFFER: Part = { address: 0x6080_0000n, level: 21 };

/** The level at which the ways of two addresses to the root meet: their nodes of that level are siblings. */
export function meetingLevel(a: bigint, b: bigint): number {
  return (a ^ b).toString(2).length - 1;
}
