import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "mocha";
import { formatDeployment, MalformedDeploymentError, parseDeployment } from "../../protocol/index.ts";

const text = readFileSync(new URL("../../deploy/chains/31337.json", import.meta.url), "utf8");
const record = JSON.parse(text);

describe("a deployment", () => {
  it("is read when every field is there, with validators or without", () => {
    assert.deepEqual(parseDeployment(text), record);
    assert.equal(formatDeployment(record), text);
    const validators = [record.claimer];
    assert.deepEqual(parseDeployment(JSON.stringify({ ...record, validators })).validators, validators);
  });

  it("is refused when a field is missing, wrong, or one too many", () => {
    const { registry: _, ...without } = record;
    const wrong: [unknown, RegExp][] = [
      [without, /registry is missing or wrong/],
      [{ ...record, chainId: -1 }, /chainId/],
      [{ ...record, templateHash: "0x12" }, /templateHash/],
      [{ ...record, templateHash: `0x${"(".repeat(64)}` }, /templateHash/],
      [{ ...record, application: record.application.replace(/[a-f]/, "A") }, /application/],
      [{ ...record, validators: ["0x12"] }, /validators/],
      [{ ...record, more: 1 }, /unknown field "more"/],
      [{ ...record, [`${"x".repeat(80)}y`]: 1 }, /unknown field "x{80}"$/m],
      [[], /not an object/],
    ];
    for (const [value, reason] of wrong) {
      assert.throws(
        () => parseDeployment(JSON.stringify(value)),
        (error) => error instanceof MalformedDeploymentError && reason.test(error.message),
      );
    }
    assert.throws(() => parseDeployment(text.slice(1)), /not JSON/);
  });
});
