/** Registers by their names in the calling convention. */
const REGISTERS = {
  zero: 0,
  sp: 2,
  t0: 5,
  t1: 6,
  t2: 7,
  s0: 8,
  s1: 9,
  a0: 10,
  a1: 11,
  a2: 12,
  a3: 13,
  a4: 14,
  a6: 16,
  a7: 17,
};
export type Register = keyof typeof REGISTERS;

type Line = { at: number; encode: (labels: ReadonlyMap<string, number>) => number };

/** Assembles RV64I instructions, so that the tests need neither a compiler nor a kernel. */
export function createAssembler() {
  const lines: Line[] = [];
  const labels = new Map<string, number>();
  const here = () => lines.length * 4;
  const word = (encode: Line["encode"]) => lines.push({ at: here(), encode });
  const x = (register: Register) => REGISTERS[register];
  const distance = (labelled: ReadonlyMap<string, number>, label: string, from: number) => {
    const to = labelled.get(label);
    if (to === undefined) {
      throw new Error(`no label ${label}`);
    }
    return to - from;
  };
  const iType = (opcode: number, funct3: number, rd: Register, rs1: Register, immediate: number) =>
    word(() => ((immediate & 0xfff) << 20) | (x(rs1) << 15) | (funct3 << 12) | (x(rd) << 7) | opcode);
  const sType = (funct3: number, rs2: Register, offset: number, rs1: Register) =>
    word(
      () =>
        (((offset >> 5) & 0x7f) << 25) |
        (x(rs2) << 20) |
        (x(rs1) << 15) |
        (funct3 << 12) |
        ((offset & 0x1f) << 7) |
        0x23,
    );
  const branch = (funct3: number) => (rs1: Register, rs2: Register, label: string) => {
    const from = here();
    word((labelled) => {
      const d = distance(labelled, label, from);
      return (
        (((d >> 12) & 1) << 31) |
        (((d >> 5) & 0x3f) << 25) |
        (x(rs2) << 20) |
        (x(rs1) << 15) |
        (funct3 << 12) |
        (((d >> 1) & 0xf) << 8) |
        (((d >> 11) & 1) << 7) |
        0x63
      );
    });
  };
  const assembler = {
    label: (name: string) => void labels.set(name, here()),
    lui: (rd: Register, upper: number) => word(() => (upper << 12) | (x(rd) << 7) | 0x37),
    addi: (rd: Register, rs1: Register, value: number) => iType(0x13, 0, rd, rs1, value),
    slli: (rd: Register, rs1: Register, shift: number) => iType(0x13, 1, rd, rs1, shift),
    srli: (rd: Register, rs1: Register, shift: number) => iType(0x13, 5, rd, rs1, shift),
    or: (rd: Register, rs1: Register, rs2: Register) =>
      word(() => (x(rs2) << 20) | (x(rs1) << 15) | (6 << 12) | (x(rd) << 7) | 0x33),
    add: (rd: Register, rs1: Register, rs2: Register) =>
      word(() => (x(rs2) << 20) | (x(rs1) << 15) | (x(rd) << 7) | 0x33),
    ld: (rd: Register, offset: number, rs1: Register) => iType(0x03, 3, rd, rs1, offset),
    lbu: (rd: Register, offset: number, rs1: Register) => iType(0x03, 4, rd, rs1, offset),
    sb: (rs2: Register, offset: number, rs1: Register) => sType(0, rs2, offset, rs1),
    sd: (rs2: Register, offset: number, rs1: Register) => sType(3, rs2, offset, rs1),
    beq: branch(0),
    bne: branch(1),
    jal: (rd: Register | "ra", label: string) => {
      const from = here();
      word((labelled) => {
        const d = distance(labelled, label, from);
        return (
          (((d >> 20) & 1) << 31) |
          (((d >> 1) & 0x3ff) << 21) |
          (((d >> 11) & 1) << 20) |
          (((d >> 12) & 0xff) << 12) |
          ((rd === "ra" ? 1 : x(rd)) << 7) |
          0x6f
        );
      });
    },
    ecall: () => word(() => 0x73),
    ret: () => word(() => (1 << 15) | 0x67),
    assemble(): Uint8Array {
      const image = Buffer.alloc(lines.length * 4);
      for (const { at, encode } of lines) {
        image.writeInt32LE(encode(labels) | 0, at);
      }
      return image;
    },
  };
  return assembler;
}
