import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, it } from "mocha";
import {
  canonicalJson,
  decodeStatement,
  encodeStatement,
  type Json,
  MalformedStatementError,
} from "../../protocol/index.ts";
import { sampleStatement } from "./support/sampleStatement.ts";

const MAX_STATEMENT_BYTES = 2 * 1024 * 1024;

type Fields = Record<string, unknown>;

const { drvPath, outputs } = sampleStatement();
const { path, narHash } = outputs[0]!;
const encode = (value: unknown) => new TextEncoder().encode(canonicalJson(value as Json));
const parsed = () => JSON.parse(Buffer.from(encodeStatement(sampleStatement())).toString());

/** The statement with one field replaced, named by its dotted path; `undefined` removes it. */
function changed(field: string, value: unknown): Fields {
  const statement = parsed();
  const names = field.split(".");
  const last = names.pop()!;
  const parent = names.reduce((object, name) => object[name], statement);
  if (value === undefined) {
    delete parent[last];
  } else {
    parent[last] = value;
  }
  return statement;
}

function refuses(value: unknown, reason: RegExp): void {
  assert.throws(
    () => decodeStatement(encode(value)),
    (error) => {
      assert.ok(error instanceof MalformedStatementError, String(error));
      assert.match(error.message, reason);
      return true;
    },
  );
}

describe("reading a statement", () => {
  it("finds every field described in docs/formats.md", () => {
    const formats = readFileSync(new URL("../../docs/formats.md", import.meta.url), "utf8");
    const [section = ""] = /^## Statement[\s\S]*?(?=^## )/m.exec(formats) ?? [];
    const fields = [...placesIn(parsed())]
      .filter(({ isField }) => isField)
      .map(({ place }) => place.split(".").at(-1)!);
    const inToto = ["_type", "predicateType"];
    const missing = [...new Set(fields)].filter(
      (field) => !inToto.includes(field) && !new RegExp(`\\b${field}\\b`).test(section),
    );
    assert.deepEqual(missing, []);
  });

  it("yields the derivation and the hash of each output", () => {
    const statement = decodeStatement(encodeStatement(sampleStatement()));
    assert.deepEqual(statement, sampleStatement());
    assert.deepEqual(
      [statement.drvPath, statement.outputs[0]?.path, statement.outputs[0]?.narHash],
      [drvPath, path, narHash],
    );
  });

  it("reports what is wrong with one", () => {
    const cases: [unknown, RegExp][] = [
      [[], /statement is not an object/],
      [changed("_type", "https://in-toto.io/Statement/v2"), /_type is not https/],
      [changed("predicateType", "other"), /predicateType is not https/],
      [changed("predicate", null), /predicate is not an object/],
      [{ ...parsed(), predicate: { buildDefinition: { buildType: "other" } } }, /buildType is not urn/],
      [changed("subject", []), /subject is empty/],
      [changed("subject.0.digest.sha256", "AB".repeat(32)), /digest.sha256 is not a sha256/],
      [changed("subject.0.name", 7), /subject\[0\].name is not a store path/],
      [changed("subject.0.name", "/etc/passwd"), /subject\[0\].name is not a store path/],
    ];
    for (const [value, reason] of cases) {
      refuses(value, reason);
    }
    assert.throws(() => decodeStatement(new Uint8Array([0xff])), /not UTF-8/);
    assert.throws(() => decodeStatement(Buffer.from(JSON.stringify(parsed(), null, 1))), /canonical form/);
    assert.throws(() => decodeStatement(Buffer.from("[".repeat(100_000))), /inside one another/);
    assert.throws(() => decodeStatement(new Uint8Array(3 * 1024 * 1024)), /bytes are more than 2097152/);
  });

  it("refuses one in which any field is missing, changed or added", () => {
    for (const { place, isField } of placesIn(parsed())) {
      const name = place.split(".").at(-1)!;
      if (isField) {
        refuses(changed(place, undefined), /is not|wrong or unknown/);
      }
      if (!FREE_TEXTS.includes(name)) {
        refuses(changed(place, "other"), /is not|wrong or unknown/);
      }
    }
    for (const place of [
      "more",
      "predicate.more",
      "predicate.runDetails.more",
      "subject.0.annotations.more",
    ]) {
      refuses(changed(place, 1), new RegExp(`${place.replace(".0", "\\[0\\]")} is wrong or unknown`));
    }
    refuses(changed("predicate.runDetails.byproducts.1", {}), /byproducts is wrong or unknown/);
  });

  it("refuses numbers and times in another notation, or out of bounds", () => {
    const builder = "urn:cartesi:application:eip155";
    const address = `0x${"12".repeat(20)}`;
    const run = "predicate.runDetails";
    refuses(changed(`${run}.builder.id`, `${builder}:031337:${address}`), /is wrong/);
    refuses(changed(`${run}.builder.id`, `${builder}:${"9".repeat(79)}:${address}`), /is not of the form/);
    refuses(changed(`${run}.metadata.invocationId`, `${builder}:31337:${address}:input:07`), /is wrong/);
    refuses(changed(`${run}.metadata.invocationId`, `${builder}:1:${address}:input:7`), /is wrong/);
    refuses(changed(`${run}.metadata.startedOn`, "2023-11-14T22:13:20.500Z"), /is wrong/);
    refuses(changed(`${run}.metadata.startedOn`, "1969-12-31T23:59:59Z"), /is not a time/);
    refuses(changed("subject.0.annotations.narSize", -1), /is not a number of bytes/);
    const earliest = sampleStatement({ blockTimestamp: 0n, chainId: 10n ** 78n - 1n, inputIndex: 0n });
    assert.deepEqual(decodeStatement(encodeStatement(earliest)), earliest);
    const shortest = sampleStatement({
      application: `0x${"0".repeat(40)}`,
      chainId: 1n,
      inputIndex: 10n ** 78n - 1n,
    });
    assert.deepEqual(decodeStatement(encodeStatement(shortest)), shortest);
    refuses(changed(`${run}.builder.id`, `${builder}::${address}`), /is not of the form/);
    refuses(
      changed(`${run}.builder.id`, `${builder}:31337:${address.replace("12", "((")}`),
      /is not of the form/,
    );
    refuses(
      changed(`${run}.metadata.invocationId`, `${builder}:31337:${address}:input:`),
      /is not of the form/,
    );
    const tooFar = `${builder}:31337:${address}:input:${"9".repeat(79)}`;
    refuses(changed(`${run}.metadata.invocationId`, tooFar), /is not of the form/);
    assert.throws(() => encodeStatement(sampleStatement({ blockTimestamp: 1n << 64n })), RangeError);
  });

  it("accepts one of 2 MiB, but not one that is a byte longer", () => {
    const { length } = encodeStatement(sampleStatement({ system: "" }));
    const longest = sampleStatement({ system: "x".repeat(MAX_STATEMENT_BYTES - length) });
    assert.deepEqual(decodeStatement(encodeStatement(longest)), longest);
    const tooLong = sampleStatement({ system: `${longest.system}x` });
    assert.throws(() => decodeStatement(encodeStatement(tooLong)), /2097153 bytes are more/);
  });

  it("refuses changed bytes with its own error or reads them as a statement", () => {
    const valid = encodeStatement(sampleStatement());
    fc.assert(
      fc.property(fc.nat(valid.length - 1), fc.nat(255), (at, byte) => {
        const bytes = valid.with(at, byte);
        try {
          const statement = decodeStatement(bytes);
          for (const output of statement.outputs) {
            assert.match(output.narHash, /^[0-9a-f]{64}$/);
          }
          assert.deepEqual(encodeStatement(statement), bytes);
        } catch (error) {
          assert.ok(error instanceof MalformedStatementError, String(error));
        }
      }),
      { numRuns: 500 },
    );
  });
});

/** Fields that may hold any text. */
const FREE_TEXTS = ["system", "nix", "outputName"];

function* placesIn(value: unknown, prefix = ""): Generator<{ place: string; isField: boolean }> {
  if (typeof value === "object" && value !== null) {
    for (const [name, inner] of Object.entries(value)) {
      const place = `${prefix}${name}`;
      yield { place, isField: !Array.isArray(value) };
      yield* placesIn(inner, `${place}.`);
    }
  }
}
