import fc from "fast-check";
import { Base32FormatError, formatBase32, parseBase32 } from "../../nix/index.ts";
import { checkParser } from "../checkParser.ts";
import { samples, utf8 } from "../generators/samples.ts";
import type { Target } from "../target.ts";

export default {
  description: "Nix's base 32 in names and hashes",
  seeds: (seed) =>
    samples(
      fc.uint8Array({ maxLength: 66 }).map((bytes) => utf8(formatBase32(bytes))),
      seed,
    ),
  check: (input) =>
    checkParser(
      {
        parse: (bytes) => parseBase32(Buffer.from(bytes).toString("latin1")),
        format: (bytes) => utf8(formatBase32(bytes)),
        refuses: [Base32FormatError],
      },
      input,
    ),
} satisfies Target;
