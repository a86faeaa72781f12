import { parseStorePath, STORE_DIR, StorePathFormatError } from "../../nix/index.ts";
import { storePath } from "../../test/nix/support/arbitraries.ts";
import { checkParser } from "../checkParser.ts";
import { samples, utf8 } from "../samples.ts";
import type { Target } from "../target.ts";

export default {
  description: "store paths",
  seeds: (seed) => samples(storePath.map(utf8), seed),
  dictionary: ["/nix/store/", "/", "..", ".-", "..-", "-", ".drv", "\0", "\n"],
  check: (input) =>
    checkParser(
      {
        parse: (bytes) => parseStorePath(Buffer.from(bytes).toString("latin1")),
        print: ({ digest, name }) => Buffer.from(`${STORE_DIR}/${digest}-${name}`, "latin1"),
        refuses: [StorePathFormatError],
      },
      input,
    ),
} satisfies Target;
