import fc from "fast-check";
import { decodeExport, type ExportedPath, encodeExport, encodeNar, NixFormatError } from "../../nix/index.ts";
import { narNode, references, storePath } from "../../test/nix/support/arbitraries.ts";
import { golden } from "../../test/nix/support/golden.ts";
import { checkParser } from "../checkParser.ts";
import { mutateWords } from "../mutations/words.ts";
import { samples } from "../samples.ts";
import type { Target } from "../target.ts";

const exported: fc.Arbitrary<ExportedPath> = fc
  .tuple(storePath, narNode.map(encodeNar), references, fc.option(storePath, { nil: undefined }))
  .map(([path, nar, references, deriver]) => ({ path, nar, references, deriver }));
const paths = fc.uniqueArray(exported, { maxLength: 3, selector: ({ path }) => path });

export default {
  description: "export streams, unpacked from a bundle",
  seeds: (seed) => [...samples(paths.map(encodeExport), seed), golden("selfReference.export")],
  dictionary: [Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0), Uint8Array.of(0x45, 0x58, 0x49, 0x4e, 0, 0, 0, 0)],
  mutate: mutateWords,
  maxLength: 8_192,
  check: (input) =>
    checkParser({ parse: decodeExport, print: encodeExport, refuses: [NixFormatError] }, input),
} satisfies Target;
