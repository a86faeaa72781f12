import fc from "fast-check";
import { formatHash, type Hash, HashFormatError, hashBytes, parseHash } from "../../nix/index.ts";
import { checkParser } from "../checkParser.ts";
import { samples, utf8 } from "../generators/samples.ts";
import type { Target } from "../target.ts";

const ENCODINGS = ["base16", "base32", "sri"] as const;
const text = fc
  .record({
    data: fc.uint8Array({ maxLength: 8 }),
    algorithm: fc.constantFrom("md5", "sha1", "sha256", "sha512"),
    encoding: fc.constantFrom(...ENCODINGS),
  })
  .map(({ data, algorithm, encoding }) => formatHash(hashBytes(algorithm, data), encoding));

export default {
  description: "hashes with their algorithm, in Nix's three spellings",
  seeds: (seed) => samples(text.map(utf8), seed),
  dictionary: ["md5", "sha1", "sha256", "sha512", ":", "-", "=", "=="],
  check: (input) => checkParser({ parse, format, refuses: [HashFormatError] }, input),
} satisfies Target;

function parse(input: Uint8Array): { text: string; hash: Hash } {
  const text = Buffer.from(input).toString("latin1");
  return { text, hash: parseHash(text) };
}

/** Of the three spellings, the one that was read. */
function format({ text, hash }: ReturnType<typeof parse>): Uint8Array {
  const spellings = ENCODINGS.map((encoding) => formatHash(hash, encoding));
  return Buffer.from(spellings.find((spelling) => spelling === text) ?? spellings.join(" "), "latin1");
}
