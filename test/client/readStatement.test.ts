import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { MalformedStatementError, readStatement } from "../../client/index.ts";
import { canonicalJson, type Json } from "../../protocol/index.ts";

const drvPath = `/nix/store/${"0".repeat(32)}-greet.drv`;
const path = `/nix/store/${"1".repeat(32)}-greet`;
const narHash = "ab".repeat(32);

const statement = {
  _type: "https://in-toto.io/Statement/v1",
  subject: [{ name: path, digest: { sha256: narHash } }],
  predicateType: "https://slsa.dev/provenance/v1",
  predicate: { buildDefinition: { buildType: "urn:cartenix:nix-build:v1", externalParameters: { drvPath } } },
};
const encode = (value: unknown) => new TextEncoder().encode(canonicalJson(value as Json));

describe("reading a statement", () => {
  it("gives the derivation and the hash of each output", () => {
    assert.deepEqual(readStatement(encode(statement)), { drvPath, outputs: [{ path, narHash }] });
  });

  it("says what is wrong with one", () => {
    const cases: [unknown, RegExp][] = [
      [[], /statement is no object/],
      [{ ...statement, _type: "https://in-toto.io/Statement/v2" }, /_type/],
      [{ ...statement, predicateType: "other" }, /predicateType/],
      [{ ...statement, predicate: null }, /predicate is no object/],
      [{ ...statement, predicate: { buildDefinition: { buildType: "other" } } }, /buildType/],
      [{ ...statement, subject: [] }, /no subject/],
      [{ ...statement, subject: [{ name: path, digest: { sha256: "AB".repeat(32) } }] }, /no sha256/],
      [{ ...statement, subject: [{ name: 7, digest: { sha256: narHash } }] }, /name is no store path/],
      [{ ...statement, subject: [{ name: "/etc/passwd", digest: { sha256: narHash } }] }, /no store path/],
    ];
    for (const [value, reason] of cases) {
      assert.throws(
        () => readStatement(encode(value)),
        (error) => error instanceof MalformedStatementError && reason.test(error.message),
      );
    }
    assert.throws(() => readStatement(new Uint8Array([0xff])), /not UTF-8/);
    assert.throws(() => readStatement(Buffer.from(JSON.stringify(statement))), /not in canonical form/);
    assert.throws(() => readStatement(Buffer.from("[".repeat(100_000))), /inside one another/);
    assert.throws(() => readStatement(new Uint8Array(3 * 1024 * 1024)), /too many/);
  });

  it("refuses changed bytes with its own error or reads them as a statement", () => {
    const valid = encode(statement);
    fc.assert(
      fc.property(fc.nat(valid.length - 1), fc.nat(255), (at, byte) => {
        try {
          const { outputs } = readStatement(valid.with(at, byte));
          for (const output of outputs) {
            assert.match(output.narHash, /^[0-9a-f]{64}$/);
          }
        } catch (error) {
          assert.ok(error instanceof MalformedStatementError, String(error));
        }
      }),
      { numRuns: 500 },
    );
  });
});
