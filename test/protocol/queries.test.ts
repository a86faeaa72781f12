import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import {
  decodeQuery,
  encodeQuery,
  MAX_MISSING_PATHS,
  MalformedQueryError,
  type Query,
} from "../../protocol/index.ts";

const record = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record(model, { noNullPrototype: true });

const storePath = fc
  .tuple(
    fc.string({ unit: fc.constantFrom(..."0123456789abcdfghijklmnpqrsvwxyz"), minLength: 32, maxLength: 32 }),
    fc.string({ unit: fc.constantFrom(..."azAZ09+-._?="), minLength: 1, maxLength: 211 }),
  )
  .map(([digest, name]) => `/nix/store/${digest}-${name}`);
const drvPath = storePath.map((path) => `${path.slice(0, 240)}.drv`);

const query: fc.Arbitrary<Query> = fc.oneof(
  record({ kind: fc.constant("missing" as const), paths: fc.array(storePath, { maxLength: 20 }) }),
  record({ kind: fc.constant("nar" as const), path: storePath }),
  record({ kind: fc.constantFrom("log" as const, "build" as const), drvPath }),
  fc.constant({ kind: "stats" as const }),
);

describe("inspect queries", () => {
  it("are decoded as they were encoded", () => {
    fc.assert(fc.property(query, (asked) => assert.deepEqual(decodeQuery(encodeQuery(asked)), asked)));
  });

  it("are refused in one line when malformed", () => {
    const path = `/nix/store/${"0".repeat(32)}-greet`;
    const cases = [
      "",
      "missing\n",
      "missing\n/etc/passwd",
      `missing\n${path}\n`,
      `missing\n${path}/bin`,
      `missing${"\n/nix/store/x"}`,
      `missing\n${new Array(MAX_MISSING_PATHS + 1).fill(path).join("\n")}`,
      `nar/${path}`,
      "nar/../../etc/passwd",
      `nar/${"0".repeat(32)}-greet\n`,
      `nar/${"e".repeat(32)}-greet`,
      `nar/${"0".repeat(32)}-`,
      `log/${"0".repeat(32)}-greet`,
      "stats ",
      "nar",
      "ünïcode",
    ];
    for (const text of cases) {
      assert.throws(
        () => decodeQuery(Buffer.from(text)),
        (error) => {
          assert.ok(error instanceof MalformedQueryError, text.slice(0, 80));
          assert.doesNotMatch(error.message, /\n/);
          return true;
        },
      );
    }
  });

  it("raise no other error, whatever the bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        try {
          assert.deepEqual(encodeQuery(decodeQuery(bytes)), bytes);
        } catch (error) {
          assert.ok(error instanceof MalformedQueryError);
        }
      }),
    );
  });
});
