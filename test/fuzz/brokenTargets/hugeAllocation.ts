import type { Target } from "../../../fuzz/target.ts";

/** Trusts the length at the start of an input. */
export default {
  description: "a parser that allocates as much as its input says",
  seeds: () => [Uint8Array.of(1, 0, 0, 0)],
  check: (input) => {
    const claimed = input.length < 4 ? 0 : new DataView(input.buffer, input.byteOffset).getUint32(0, true);
    return new Uint8Array(claimed % 2 ** 29).length > 0 ? "accepted" : "refused";
  },
} satisfies Target;
