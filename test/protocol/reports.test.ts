import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { decodeReport, encodeReport, MalformedReportError, type Report } from "../../protocol/index.ts";

const record = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record(model, { noNullPrototype: true });

const text = fc.string({ unit: "grapheme" });
const report: fc.Arbitrary<Report> = fc.oneof(
  record({ kind: fc.constantFrom("error" as const, "info" as const), message: text }),
  record({ kind: fc.constant("log" as const), drvPath: text, text }),
  record({ kind: fc.constant("missing" as const), paths: fc.array(text) }),
  record({
    kind: fc.constant("build" as const),
    drvPath: text,
    inputIndex: fc.option(fc.nat()),
    outputs: fc.array(
      record({
        name: text,
        path: text,
        narHash: fc
          .uint8Array({ minLength: 32, maxLength: 32 })
          .map((hash) => Buffer.from(hash).toString("hex")),
        narSize: fc.nat(),
      }),
    ),
  }),
  record({
    kind: fc.constant("stats" as const),
    paths: fc.nat(),
    derivations: fc.nat(),
    uploads: fc.nat(),
  }),
);

describe("reports", () => {
  it("are decoded as they were encoded", () => {
    fc.assert(fc.property(report, (value) => assert.deepEqual(decodeReport(encodeReport(value)), value)));
  });

  it("are refused when the machine would not write them", () => {
    const cases = [
      "",
      "null",
      "[]",
      "{}",
      '{"kind":"error"}',
      '{"kind":"error","message":1}',
      '{"kind":"toString","message":""}',
      '{"kind":"missing","paths":[1]}',
      '{"drvPath":"d","inputIndex":-1,"kind":"build","outputs":[]}',
      '{"drvPath":"d","inputIndex":0,"kind":"build","outputs":[{"narHash":"00","narSize":1,"name":"out","path":"p"}]}',
      '{"derivations":0,"kind":"stats","paths":0.5,"uploads":0}',
      '{"kind":"error","message":"","more":1}',
      '{"message":"","kind":"error"}',
      '{"kind":"error", "message":""}',
      '{"kind":"error","message":"\\u0041"}',
      '{"kind":"error","kind":"error","message":""}',
      `{"kind":${"[".repeat(100_000)}`,
      `{"kind":${"[".repeat(100_000)}${"]".repeat(100_000)}}`,
    ];
    for (const malformed of cases) {
      assert.throws(() => decodeReport(Buffer.from(malformed)), MalformedReportError, malformed);
    }
    assert.throws(() => decodeReport(Buffer.from([0xff, 0xfe])), MalformedReportError);
  });
});
