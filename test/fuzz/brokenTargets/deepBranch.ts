import type { Target } from "../../../fuzz/target.ts";

/** Fails after four branches, which chance alone does not find quickly. */
export default {
  description: "a parser with a bug that only a coverage-guided fuzzer finds",
  seeds: () => [Buffer.from("....")],
  maxLength: 8,
  check: (input) => {
    if (input[0] !== 0x43) {
      return "refused";
    }
    if (input[1] !== 0x61) {
      return "refused";
    }
    if (input[2] !== 0x72) {
      return "refused";
    }
    if (input[3] !== 0x74) {
      return "refused";
    }
    throw new TypeError("cannot read properties of undefined");
  },
} satisfies Target;
