import { createAssembler } from "./riscv.ts";

/**
 * A rollup program of some fifty instructions. Every request is copied to the transmit buffer, and its bytes are executed
 * as commands in order, until one ends it:
 *
 * `o` sends the request as an output, `r` as a report, `p` reports progress; `a` accepts with the first 32 bytes of
 * the request as outputs root, `A` accepts with a root of 31 bytes, `j` rejects, `e` raises an exception with the request as its text, `h` halts
 * with exit code 7, `s` spins forever, `L` announces an output longer than the buffer, `R` a report, `M` an exception, `?` yields
 * automatically for an unknown reason, `!` manually, `c` increments a word of RAM ({@link COUNTER}) and continues.
 */
export function assembleGuest(): Uint8Array {
  const a = createAssembler();
  const automatic = (reason: number) => 0x200_0000 | reason; // tohost >> 32: device 2, command 0
  const manual = (reason: number) => 0x201_0000 | reason;
  const loadConstant = (value: number) => {
    a.lui("t1", (value + 0x800) >> 12);
    a.addi("t1", "t1", ((value & 0xfff) ^ 0x800) - 0x800);
  };

  a.lui("s0", 0x40008); // HTIF: tohost, then fromhost
  a.addi("s1", "zero", 0x608);
  a.slli("s1", "s1", 20); // the transmit buffer, 0x60800000
  a.addi("a4", "zero", 0x600);
  a.slli("a4", "a4", 20); // the receive buffer, 0x60000000
  a.addi("a1", "zero", 32);
  loadConstant(manual(1));
  a.jal("ra", "yield");

  a.label("request");
  a.ld("a0", 8, "s0"); // fromhost: the request's length in its low half
  a.slli("a0", "a0", 32);
  a.srli("a0", "a0", 32);
  a.add("a2", "a4", "zero");
  a.add("a3", "s1", "zero");
  a.add("t2", "a4", "a0");
  a.label("copy");
  a.beq("a2", "t2", "copied");
  a.lbu("t0", 0, "a2");
  a.sb("t0", 0, "a3");
  a.addi("a2", "a2", 1);
  a.addi("a3", "a3", 1);
  a.jal("zero", "copy");
  a.label("copied");
  a.add("a2", "a4", "zero");

  a.label("next");
  a.lbu("t0", 0, "a2");
  a.addi("a2", "a2", 1);
  a.add("a1", "a0", "zero");
  const on = (letter: string, then: () => void) => {
    a.addi("t1", "zero", letter.charCodeAt(0));
    a.bne("t0", "t1", `not ${letter}`);
    then();
    a.label(`not ${letter}`);
  };
  const yieldThen = (upper: number, next: string) => {
    loadConstant(upper);
    a.jal("ra", "yield");
    a.jal("zero", next);
  };
  on("o", () => yieldThen(automatic(2), "next"));
  on("r", () => yieldThen(automatic(4), "next"));
  on("p", () => yieldThen(automatic(1), "next"));
  on("?", () => yieldThen(automatic(9), "next"));
  on("!", () => yieldThen(manual(9), "request"));
  on("j", () => yieldThen(manual(2), "request"));
  on("e", () => yieldThen(manual(4), "request"));
  on("a", () => {
    a.addi("a1", "zero", 32);
    yieldThen(manual(1), "request");
  });
  on("A", () => {
    a.addi("a1", "zero", 31);
    yieldThen(manual(1), "request");
  });
  const announceTooMuch = (upper: number, next: string) => {
    a.addi("a1", "zero", 1);
    a.slli("a1", "a1", 31);
    yieldThen(upper, next);
  };
  on("L", () => announceTooMuch(automatic(2), "next"));
  on("R", () => announceTooMuch(automatic(4), "next"));
  on("M", () => announceTooMuch(manual(4), "request"));
  on("c", () => {
    a.addi("t1", "zero", 1);
    a.slli("t1", "t1", 31);
    a.ld("t2", 0x7f8, "t1");
    a.addi("t2", "t2", 1);
    a.sd("t2", 0x7f8, "t1");
    a.jal("zero", "next");
  });
  on("h", () => {
    a.addi("t1", "zero", (7 << 1) | 1);
    a.sd("t1", 0, "s0");
  });
  a.label("spin");
  a.jal("zero", "spin");

  a.label("yield"); // t1: the upper half of tohost, a1: the data
  a.sd("zero", 8, "s0");
  a.slli("t1", "t1", 32);
  a.or("t1", "t1", "a1");
  a.sd("t1", 0, "s0");
  a.ret();
  return a.assemble();
}

export const GUEST_START = 0x8000_0000n;

/** The address of the guest's counter, a 64-bit little-endian word. */
export const COUNTER = GUEST_START + 0x7f8n;
