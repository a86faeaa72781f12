import fc from "fast-check";
import {
  decodeStatement,
  encodeStatement,
  MalformedStatementError,
  type Statement,
} from "../../protocol/index.ts";
import { checkParser } from "../checkParser.ts";
import { storePath } from "../generators/nixArbitraries.ts";
import { address, bytes32, samples, storePathText } from "../generators/samples.ts";
import { mutateJson } from "../mutations/json.ts";
import type { Target } from "../target.ts";

const sha256 = bytes32.map((hash) => hash.slice(2));
const input = fc.record({ path: storePath, narHash: sha256 });
const output = fc.record({
  name: fc.constantFrom("out", "dev"),
  path: storePath,
  narHash: sha256,
  narSize: fc.nat(),
  references: fc.array(storePath, { maxLength: 2 }),
});
const statement: fc.Arbitrary<Statement> = fc.record({
  chainId: fc.bigInt({ min: 0n, max: 2n ** 64n }),
  application: address,
  inputIndex: fc.bigInt({ min: 0n, max: 2n ** 64n }),
  blockTimestamp: fc.bigInt({ min: 0n, max: 2n ** 40n }),
  drvPath: storePathText,
  bundle: sha256,
  system: fc.string(),
  nixVersion: fc.constantFrom("2.26.3", ""),
  outputs: fc.array(output, { minLength: 1, maxLength: 2 }),
  inputs: fc.array(input, { maxLength: 2 }),
  logHash: sha256,
});

export default {
  description: "provenance statements in notices, as a client reads them from an untrusted node",
  seeds: (seed) => samples(statement.map(encodeStatement), seed),
  mutate: mutateJson,
  maxLength: 150_000,
  check: (input) =>
    checkParser(
      { parse: decodeStatement, format: encodeStatement, refuses: [MalformedStatementError] },
      input,
    ),
} satisfies Target;
