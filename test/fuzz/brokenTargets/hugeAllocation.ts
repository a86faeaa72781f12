import type { Target } from "../../../fuzz/target.ts";

/** Believes the length that an input begins with. */
export default {
  description: "a parser that allocates what it is told to",
  seeds: () => [Uint8Array.of(1, 0, 0, 0)],
  check: (input) => {
    const claimed = input.length < 4 ? 0 : new DataView(input.buffer, input.byteOffset).getUint32(0, true);
    return new Uint8Array(claimed % 2 ** 29).length > 0 ? "accepted" : "refused";
  },
} satisfies Target;
