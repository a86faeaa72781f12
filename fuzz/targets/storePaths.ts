import { parseStorePath, STORE_DIR, StorePathFormatError } from "../../nix/index.ts";
import { checkParser } from "../checkParser.ts";
import { storePath } from "../generators/nixArbitraries.ts";
import { samples, utf8 } from "../generators/samples.ts";
import type { Target } from "../target.ts";

export default {
  description: "store paths",
  seeds: (seed) => samples(storePath.map(utf8), seed),
  dictionary: ["/nix/store/", "/", "..", ".-", "..-", "-", ".drv", "\0", "\n"],
  check: (input) =>
    checkParser(
      {
        parse: (bytes) => parseStorePath(Buffer.from(bytes).toString("latin1")),
        format: ({ digest, name }) => Buffer.from(`${STORE_DIR}/${digest}-${name}`, "latin1"),
        refuses: [StorePathFormatError],
      },
      input,
    ),
} satisfies Target;
