import fc from "fast-check";
import { decodeQuery, encodeQuery, MalformedQueryError, type Query } from "../../protocol/index.ts";
import { checkParser } from "../checkParser.ts";
import { storePath } from "../generators/nixArbitraries.ts";
import { samples, storePathText } from "../generators/samples.ts";
import type { Target } from "../target.ts";

const query: fc.Arbitrary<Query> = fc.oneof(
  fc.record({ kind: fc.constant("missing" as const), paths: fc.array(storePath, { maxLength: 4 }) }),
  fc.record({ kind: fc.constant("nar" as const), path: storePath }),
  fc.record({ kind: fc.constantFrom("log", "build"), drvPath: storePathText }),
  fc.constant<Query>({ kind: "stats" }),
);

export default {
  description: "queries to the machine, from anyone",
  seeds: (seed) => samples(query.map(encodeQuery), seed),
  dictionary: ["missing\n", "nar/", "log/", "build/", "stats", "/nix/store/", ".drv", "\n"],
  check: (input) =>
    checkParser({ parse: decodeQuery, format: encodeQuery, refuses: [MalformedQueryError] }, input),
} satisfies Target;
