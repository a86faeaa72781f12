import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "mocha";
import { formatDeployment, parseDeployment } from "../../protocol/deployments/index.ts";
import { MalformedDeploymentError } from "../../protocol/index.ts";

const text = readFileSync(new URL("../../deploy/chains/31337.json", import.meta.url), "utf8");
const deployment = JSON.parse(text);
const dispute = {
  stepVerifier: deployment.registry,
  maxInputs: 16,
  claimWindow: 10,
  challengeWindow: 20,
  clock: 100,
  bond: "100000000000000000",
};
const { claimer: _, epochLength: __, ...common } = deployment;
const disputable = { ...common, dispute };

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

  it("has the terms of disputes, and nobody who claims, where anybody can", () => {
    assert.deepEqual(parseDeployment(JSON.stringify(disputable)), disputable);
    const wrong: [unknown, RegExp][] = [
      [{ ...disputable, claimer: deployment.claimer }, /unknown field "claimer"/],
      [{ ...disputable, epochLength: 10 }, /unknown field "epochLength"/],
      [{ ...deployment, dispute }, /unknown field/],
      [{ ...deployment, dispute: undefined, claimer: undefined }, /claimer is missing or wrong/],
    ];
    const terms: [keyof typeof dispute, unknown[]][] = [
      ["stepVerifier", ["0x12", null]],
      ["maxInputs", [0, "16", 1.5]],
      ["claimWindow", [0, -1, "10"]],
      ["challengeWindow", [0, 2 ** 32]],
      ["clock", [0, null]],
      ["bond", ["0", "01", "0.1", "-1", "1e3", "0x1", 1, "1".repeat(29), ""]],
    ];
    for (const [name, values] of terms) {
      const { [name]: _, ...without } = dispute;
      wrong.push([{ ...disputable, dispute: without }, /dispute is missing or wrong/]);
      for (const value of values) {
        wrong.push([
          { ...disputable, dispute: { ...dispute, [name]: value } },
          /dispute is missing or wrong/,
        ]);
      }
    }
    wrong.push([{ ...disputable, dispute: { ...dispute, more: 1 } }, /dispute is missing or wrong/]);
    wrong.push([{ ...disputable, dispute: null }, /dispute is missing or wrong/]);
    for (const [value, reason] of wrong) {
      assert.throws(
        () => parseDeployment(JSON.stringify(value)),
        (error) => error instanceof MalformedDeploymentError && reason.test(error.message),
        JSON.stringify(value),
      );
    }
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
