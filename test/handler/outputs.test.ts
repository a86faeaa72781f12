import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { size } from "viem";
import { shellPackage } from "../../fuzz/generators/shellPackage.ts";
import { Rejection } from "../../machine/handler/device/rejection.ts";
import { MAX_VOUCHER_BYTES, MAX_VOUCHER_OUTPUTS } from "../../machine/handler/limits.ts";
import type { BuiltDerivation } from "../../machine/handler/outputs/builtDerivation.ts";
import { statementOf } from "../../machine/handler/outputs/statement.ts";
import { vouchersFor } from "../../machine/handler/outputs/vouchers.ts";
import {
  canonicalJson,
  decodeRecord,
  decodeStatement,
  encodeStatement,
  type Json,
} from "../../protocol/index.ts";
import { APPLICATION, inputWith, REGISTRY } from "./support/recordingDevice.ts";

const INPUT = { index: 7n };

describe("vouchers", () => {
  it("carry all outputs, each batch within its bounds", () => {
    const counts = fc.array(fc.nat(300), { maxLength: 100 });
    fc.assert(
      fc.property(counts, (references) => {
        const built = references.map((count, index) => builtWith(index, count));
        const vouchers = vouchersFor(built, INPUT, REGISTRY);
        const recorded = vouchers.flatMap(({ destination, payload }) => {
          assert.equal(destination, REGISTRY);
          const { inputIndex, outputs } = decodeRecord(payload)!;
          assert.equal(inputIndex, INPUT.index);
          assert.ok(outputs.length <= MAX_VOUCHER_OUTPUTS);
          assert.ok(size(payload) <= MAX_VOUCHER_BYTES + 100);
          return outputs;
        });
        assert.deepEqual(
          recorded.map(({ storePath, references }) => [storePath, references.length]),
          built.map(({ outputs: [output] }, index) => [output!.path, references[index]]),
        );
      }),
      { numRuns: 8 },
    );
  });

  it("are combined into one for a few outputs, and none without outputs", () => {
    assert.equal(vouchersFor([builtWith(1, 3), builtWith(2, 0)], INPUT, REGISTRY).length, 1);
    assert.equal(vouchersFor([], INPUT, REGISTRY).length, 0);
  });

  it("reject an output whose record is too large for a transaction", () => {
    assert.throws(() => vouchersFor([builtWith(1, 2_000)], INPUT, REGISTRY), Rejection);
  });
});

describe("statements", () => {
  it("are canonical JSON and bind derivation, dependencies, log and application", () => {
    const built = builtWith(1, 2);
    const summary = statementOf(built, {
      input: inputWith(new Uint8Array(), { index: 7n }),
      bundle: "ab".repeat(32),
      nixVersion: "2.26.3",
    });
    const bytes = encodeStatement(summary);
    assert.deepEqual(decodeStatement(bytes), summary);
    const statement = JSON.parse(Buffer.from(bytes).toString());
    assert.equal(canonicalJson(statement), Buffer.from(bytes).toString());
    assert.equal(statement.predicateType, "https://slsa.dev/provenance/v1");
    const { buildDefinition, runDetails } = statement.predicate;
    assert.deepEqual(buildDefinition.externalParameters, { bundle: "ab".repeat(32), drvPath: built.drvPath });
    assert.deepEqual(buildDefinition.resolvedDependencies, [
      { name: storePath("input"), mediaType: "application/x-nix-nar", digest: { sha256: "cd".repeat(32) } },
    ]);
    assert.equal(
      runDetails.metadata.invocationId,
      `urn:cartesi:application:eip155:31337:${APPLICATION}:input:7`,
    );
    assert.equal(runDetails.builder.version.nix, "2.26.3");
  });

  it("encode equal values identically", () => {
    const scramble = (value: Json): Json => {
      if (Array.isArray(value)) {
        return value.map(scramble);
      }
      if (typeof value !== "object" || value === null) {
        return value;
      }
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([key, item]) => [key, scramble(item)]),
      );
    };
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const json = value as Json;
        assert.equal(canonicalJson(scramble(json)), canonicalJson(json));
        assert.deepEqual(JSON.parse(canonicalJson(json)), JSON.parse(JSON.stringify(json)));
      }),
    );
    assert.equal(canonicalJson({ b: [{ d: 1, c: 2 }], a: "é\n" }), '{"a":"é\\n","b":[{"c":2,"d":1}]}');
  });
});

function builtWith(index: number, references: number): BuiltDerivation {
  const { drvPath, derivation, out } = shellPackage({ name: `package-${index}`, script: "echo > $out" });
  const output = {
    name: "out",
    path: out,
    narHash: "ab".repeat(32),
    narSize: 120,
    references: Array.from({ length: references }, (_, number) => storePath(`reference-${number}`)),
  };
  const inputs = [{ path: storePath("input"), narHash: `0x${"cd".repeat(32)}` as const }];
  return {
    drvPath,
    derivation: { ...derivation, inputDrvs: [] },
    outputs: [output],
    inputs,
    log: "log\n",
  };
}

function storePath(name: string): string {
  return `/nix/store/${"0".repeat(32)}-${name}`;
}
