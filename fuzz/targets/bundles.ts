import assert from "node:assert/strict";
import { checkBundle } from "../../machine/handler/bundle/checkBundle.ts";
import { Rejection } from "../../machine/handler/device/rejection.ts";
import { Inventory } from "../../machine/handler/inventory/inventory.ts";
import { decodeExport, encodeExport } from "../../nix/index.ts";
import { checkParser } from "../checkParser.ts";
import { fixedFile, shellPackage, sourceFile, textFile } from "../generators/shellPackage.ts";
import { mutateWords } from "../mutations/words.ts";
import type { Target } from "../target.ts";

const source = sourceFile("source", "#!/bin/sh", true);
const text = textFile("text", `see ${source.path}`, [source.path]);
const { declaration, file } = fixedFile("fetched", "content", { mode: "flat", algorithm: "md5" });
const lower = shellPackage({ name: "lower", script: "echo > $out", sources: [source, text] });
const upper = shellPackage({
  name: "upper",
  script: "echo > $out",
  inputs: [lower, declaration],
  outputs: ["dev", "out"],
});
const genuine = new Map([...upper.closure, file].map(({ path, nar }) => [path, Buffer.from(nar)]));

export default {
  description: "whole bundles, in which every name is recomputed from its content",
  seeds: () =>
    [[source], [source, text], lower.closure, upper.closure, [...declaration.closure, file]].map(
      encodeExport,
    ),
  mutate: mutateWords,
  maxLength: 16_384,
  check: (input) => {
    const parse = (stream: Uint8Array) => checkBundle(stream, new Inventory());
    const verdict = checkParser({ parse, refuses: [Rejection] }, input);
    if (verdict === "accepted") {
      for (const { path, nar } of decodeExport(input)) {
        checkGenuine(path, nar);
      }
    }
    return verdict;
  },
} satisfies Target;

/** A name that is known was not given to other bytes. */
function checkGenuine(path: string, nar: Uint8Array): void {
  const known = genuine.get(path);
  assert.ok(known === undefined || known.equals(nar), `${path} has another content`);
}
