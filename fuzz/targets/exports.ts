import fc from "fast-check";
import { decodeExport, type ExportedPath, encodeExport, encodeNar, NixFormatError } from "../../nix/index.ts";
import { checkParser } from "../checkParser.ts";
import { narNode, references, storePath } from "../generators/nixArbitraries.ts";
import { samples } from "../generators/samples.ts";
import { mutateWords } from "../mutations/words.ts";
import type { Target } from "../target.ts";

const exported: fc.Arbitrary<ExportedPath> = fc
  .tuple(storePath, narNode.map(encodeNar), references, fc.option(storePath, { nil: undefined }))
  .map(([path, nar, references, deriver]) => ({ path, nar, references, deriver }));
const paths = fc.uniqueArray(exported, { maxLength: 3, selector: ({ path }) => path });

export default {
  description: "export streams, from a decompressed bundle",
  seeds: (seed) => samples(paths.map(encodeExport), seed),
  dictionary: [Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0), Uint8Array.of(0x45, 0x58, 0x49, 0x4e, 0, 0, 0, 0)],
  mutate: mutateWords,
  maxLength: 8_192,
  check: (input) =>
    checkParser({ parse: decodeExport, format: encodeExport, refuses: [NixFormatError] }, input),
} satisfies Target;
