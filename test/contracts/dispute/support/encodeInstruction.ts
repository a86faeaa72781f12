// RISC-V's instruction formats, by their names in its specification. Registers are numbers, immediates may be negative.

export function encodeR(
  opcode: number,
  funct3: number,
  funct7: number,
  rd: number,
  rs1: number,
  rs2: number,
): number {
  return word((funct7 << 25) | (rs2 << 20) | (rs1 << 15) | (funct3 << 12) | (rd << 7) | opcode);
}

export function encodeI(opcode: number, funct3: number, rd: number, rs1: number, immediate: number): number {
  return word((immediate << 20) | (rs1 << 15) | (funct3 << 12) | (rd << 7) | opcode);
}

export function encodeS(opcode: number, funct3: number, rs1: number, rs2: number, immediate: number): number {
  return encodeR(opcode, funct3, immediate >> 5, immediate & 0x1f, rs1, rs2);
}

export function encodeB(opcode: number, funct3: number, rs1: number, rs2: number, immediate: number): number {
  const upper = ((immediate >> 6) & 0x40) | ((immediate >> 5) & 0x3f);
  const lower = (immediate & 0x1e) | ((immediate >> 11) & 1);
  return encodeR(opcode, funct3, upper, lower, rs1, rs2);
}

/** The immediate is the register's upper 20 bits. */
export function encodeU(opcode: number, rd: number, immediate: number): number {
  return word((immediate << 12) | (rd << 7) | opcode);
}

export function encodeJ(opcode: number, rd: number, immediate: number): number {
  const bits =
    (((immediate >> 20) & 1) << 31) |
    (((immediate >> 1) & 0x3ff) << 21) |
    (((immediate >> 11) & 1) << 20) |
    (((immediate >> 12) & 0xff) << 12);
  return word(bits | (rd << 7) | opcode);
}

function word(bits: number): number {
  return bits >>> 0;
}
