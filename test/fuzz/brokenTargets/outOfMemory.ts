import type { Target } from "../../../fuzz/target.ts";

export default {
  description: "a parser that runs out of memory when a byte is 0",
  seeds: () => [Buffer.from("abc")],
  check: (input) => {
    const kept: number[][] = [];
    while (input.includes(0)) {
      kept.push(new Array(10_000).fill(0.5));
    }
    return "accepted";
  },
} satisfies Target;
