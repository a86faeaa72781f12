import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "mocha";
import { formatDeployment, MalformedDeploymentError, parseDeployment } from "../../protocol/index.ts";

const text = readFileSync(new URL("../../deploy/chains/31337.json", import.meta.url), "utf8");
const deployment = JSON.parse(text);

describe("a deployment", () => {
  it("is parsed when every field is present, with or without validators", () => {
    assert.deepEqual(parseDeployment(text), deployment);
    assert.equal(formatDeployment(deployment), text);
    const validators = [deployment.claimer];
    assert.deepEqual(parseDeployment(JSON.stringify({ ...deployment, validators })), {
      ...deployment,
      validators,
    });
  });

  it("is refused when a field is missing, wrong or unknown", () => {
    const { registry: _, ...without } = deployment;
    const wrong: [unknown, RegExp][] = [
      [without, /registry is missing or wrong/],
      [{ ...deployment, chainId: -1 }, /chainId/],
      [{ ...deployment, templateHash: "0x12" }, /templateHash/],
      [{ ...deployment, templateHash: `0x${"(".repeat(64)}` }, /templateHash/],
      [{ ...deployment, application: deployment.application.replace(/[a-f]/, "A") }, /application/],
      [{ ...deployment, validators: ["0x12"] }, /validators/],
      [{ ...deployment, more: 1 }, /unknown field "more"/],
      [{ ...deployment, [`${"x".repeat(80)}y`]: 1 }, /unknown field "x{80}"$/m],
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
