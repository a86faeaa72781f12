import fc from "fast-check";
import { formatNarInfo, type NarInfo, NarInfoFormatError, parseNarInfo } from "../../substituter/index.ts";
import { checkParser } from "../checkParser.ts";
import { references, storePath } from "../generators/nixArbitraries.ts";
import { samples, utf8 } from "../generators/samples.ts";
import type { Target } from "../target.ts";

const digest = fc.uint8Array({ minLength: 32, maxLength: 32 });
const info: fc.Arbitrary<NarInfo> = fc.record({
  storePath,
  url: fc.constant("nar/a.nar"),
  compression: fc.constantFrom("none", "xz"),
  fileHash: fc.option(digest, { nil: undefined }),
  fileSize: fc.option(fc.nat(), { nil: undefined }),
  narHash: digest,
  narSize: fc.nat(),
  references,
  deriver: fc.option(storePath, { nil: undefined }),
  signatures: fc.constantFrom([], [`key-1:${"A".repeat(86)}==`]),
  contentAddress: fc.option(fc.constant("fixed:r:sha256:x"), { nil: undefined }),
});

export default {
  description: "the answers of binary caches about a store path",
  seeds: (seed) => samples(info.map(formatNarInfo).map(utf8), seed),
  dictionary: [
    "StorePath: ",
    "URL: ",
    "NarHash: sha256:",
    "NarSize: ",
    "References: ",
    "Sig: ",
    "Deriver: ",
    "CA: ",
    "\n",
  ],
  check: (input) => checkParser({ parse, format, refuses: [NarInfoFormatError] }, input),
} satisfies Target;

/** Fields may come in another order, so what is read again is compared, not the text. */
function parse(input: Uint8Array): { input: Uint8Array; info: NarInfo } {
  const text = Buffer.from(input).toString("latin1");
  const parsed = parseNarInfo(text);
  return { input, info: parsed };
}

function format({ input, info: parsed }: ReturnType<typeof parse>): Uint8Array {
  const again = parseNarInfo(formatNarInfo(parsed));
  return JSON.stringify(again) === JSON.stringify(parsed) ? input : Buffer.from(formatNarInfo(parsed));
}
