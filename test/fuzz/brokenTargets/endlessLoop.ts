import type { Target } from "../../../fuzz/target.ts";

export default {
  description: "a parser that never returns when a byte is 0",
  seeds: () => [Buffer.from("abc")],
  check: (input) => {
    while (input.includes(0)) {}
    return "accepted";
  },
} satisfies Target;
