import { concatBytes, type Hex, hexToBytes } from "viem";
import { createAssembler } from "../../emulator/support/riscv.ts";

/** Where the payload begins inside `EvmAdvance`: selector, eight head words, the payload's length. */
const PAYLOAD_OFFSET = 4 + 9 * 32;

/**
 * A rollup program of some hundred instructions that executes the payload (or the query) step by step. A step is
 * a letter, a length in four bytes, big endian, and that many bytes: see {@link script}.
 */
export function assembleScriptGuest(): Uint8Array {
  const a = createAssembler();
  const automatic = (reason: number) => 0x200_0000 | reason; // tohost >> 32: device 2, command 0
  const manual = (reason: number) => 0x201_0000 | reason;
  const yieldThen = (upper: number, next: string) => {
    a.lui("t1", (upper + 0x800) >> 12);
    a.addi("t1", "t1", ((upper & 0xfff) ^ 0x800) - 0x800);
    a.jal("ra", "yield");
    a.jal("zero", next);
  };

  a.lui("s0", 0x40008); // HTIF: tohost, then fromhost
  a.addi("s1", "zero", 0x608);
  a.slli("s1", "s1", 20); // the transmit buffer
  a.addi("a4", "zero", 0x600);
  a.slli("a4", "a4", 20); // the receive buffer
  a.addi("a1", "zero", 32);
  yieldThen(manual(1), "request");

  a.label("request");
  a.ld("t0", 8, "s0"); // fromhost: the reason in bits 32 to 47
  a.slli("t0", "t0", 16);
  a.srli("t0", "t0", 48);
  a.add("a2", "a4", "zero");
  a.bne("t0", "zero", "next");
  a.addi("a2", "a2", PAYLOAD_OFFSET);

  a.label("next");
  a.lbu("t0", 0, "a2");
  a.add("a1", "zero", "zero");
  for (let byte = 1; byte <= 4; byte++) {
    a.slli("a1", "a1", 8);
    a.lbu("t1", byte, "a2");
    a.or("a1", "a1", "t1");
  }
  a.addi("a2", "a2", 5);

  const on = (letter: string, then: () => void) => {
    a.addi("t1", "zero", letter.charCodeAt(0));
    a.bne("t0", "t1", `not ${letter}`);
    then();
    a.label(`not ${letter}`);
  };
  const onCopied = (letter: string, upper: number, next: string) =>
    on(letter, () => {
      a.add("a3", "s1", "zero");
      a.add("t2", "a2", "a1");
      a.label(`copy ${letter}`);
      a.beq("a2", "t2", `copied ${letter}`);
      a.lbu("t0", 0, "a2");
      a.sb("t0", 0, "a3");
      a.addi("a2", "a2", 1);
      a.addi("a3", "a3", 1);
      a.jal("zero", `copy ${letter}`);
      a.label(`copied ${letter}`);
      yieldThen(upper, next);
    });
  onCopied("o", automatic(2), "next");
  onCopied("r", automatic(4), "next");
  onCopied("a", manual(1), "request");
  onCopied("j", manual(2), "request");
  onCopied("e", manual(4), "request");
  const loadCounter = () => {
    a.addi("t1", "zero", 1);
    a.slli("t1", "t1", 31);
    a.ld("t2", 0x7f8, "t1");
  };
  on("c", () => {
    loadCounter();
    a.addi("t2", "t2", 1);
    a.sd("t2", 0x7f8, "t1");
    a.jal("zero", "next");
  });
  on("q", () => {
    loadCounter();
    a.sd("t2", 0, "s1");
    a.addi("a1", "zero", 8);
    yieldThen(automatic(4), "next");
  });
  on("s", () => {
    a.slli("a0", "a1", 10);
    a.label("spin");
    a.addi("a0", "a0", -1);
    a.bne("a0", "zero", "spin");
    a.jal("zero", "next");
  });
  on("h", () => {
    a.addi("t1", "zero", 1);
    a.sd("t1", 0, "s0");
  });
  a.label("forever");
  a.jal("zero", "forever");

  a.label("yield"); // t1: the upper half of tohost, a1: the data's length
  a.sd("zero", 8, "s0");
  a.slli("t1", "t1", 32);
  a.or("t1", "t1", "a1");
  a.sd("t1", 0, "s0");
  a.ret();
  return a.assemble();
}

/** The steps that a payload or a query for the guest is made of. */
export const script = {
  /** Sends an output. */
  output: (output: Hex) => step("o", hexToBytes(output)),
  report: (report: Hex) => step("r", hexToBytes(report)),
  /** Accepts the input, which contains the outputs root because the guest cannot hash. */
  accept: (outputsRoot: Hex) => step("a", hexToBytes(outputsRoot)),
  reject: () => step("j", new Uint8Array()),
  exception: (text: string) => step("e", new TextEncoder().encode(text)),
  halt: () => step("h", new Uint8Array()),
  /** Increments a counter in the machine's memory. */
  count: () => step("c", new Uint8Array()),
  /** Reports the count, eight bytes in little endian. */
  reportCount: () => step("q", new Uint8Array()),
  /** Runs for about that many million cycles. */
  spin(millions: number) {
    const bytes = step("s", new Uint8Array());
    new DataView(bytes.buffer).setUint32(1, Math.ceil((millions * 1e6) / 2048));
    return bytes;
  },
  of: (...steps: Uint8Array[]) => concatBytes(steps),
};

function step(letter: string, data: Uint8Array): Uint8Array {
  const head = new Uint8Array(5);
  head[0] = letter.charCodeAt(0);
  new DataView(head.buffer).setUint32(1, data.length);
  return concatBytes([head, data]);
}
