import fc from "fast-check";
import { decodeReport, encodeReport, MalformedReportError, type Report } from "../../protocol/index.ts";
import { checkParser } from "../checkParser.ts";
import { storePath } from "../generators/nixArbitraries.ts";
import { bytes32, samples } from "../generators/samples.ts";
import { mutateJson } from "../mutations/json.ts";
import type { Target } from "../target.ts";

const output = fc.record({
  name: fc.constantFrom("out", "dev"),
  path: storePath,
  narHash: bytes32.map((hash) => hash.slice(2)),
  narSize: fc.nat(),
});
const report: fc.Arbitrary<Report> = fc.oneof(
  fc.record({ kind: fc.constantFrom("error", "info"), message: fc.string() }),
  fc.record({ kind: fc.constant("log" as const), drvPath: storePath, text: fc.string() }),
  fc.record({ kind: fc.constant("missing" as const), paths: fc.array(storePath, { maxLength: 3 }) }),
  fc.record({
    kind: fc.constant("build" as const),
    drvPath: storePath,
    inputIndex: fc.option(fc.nat()),
    outputs: fc.array(output, { maxLength: 2 }),
  }),
  fc.record({
    kind: fc.constant("stats" as const),
    paths: fc.nat(),
    derivations: fc.nat(),
    uploads: fc.nat(),
  }),
);

export default {
  description: "reports of the machine, as a client reads them from an untrusted node",
  seeds: (seed) => samples(report.map(encodeReport), seed),
  mutate: mutateJson,
  maxLength: 150_000,
  check: (input) =>
    checkParser({ parse: decodeReport, format: encodeReport, refuses: [MalformedReportError] }, input),
} satisfies Target;
