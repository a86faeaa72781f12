import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import json5 from "json5";
import { describe, it } from "mocha";
import { zeroAddress } from "viem";
import { parseTerms } from "../../deploy/applicationTerms.ts";
import { DeploymentError } from "../../deploy/index.ts";

const templateHash = `0x${"ab".repeat(32)}` as const;
const address = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
const other = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
const right = { templateHash, epochLength: 10, consensus: { authority: address } };

describe("The parameters of a deployment", () => {
  it("are parsed, with the pinned template's hash unless they name another", () => {
    assert.deepEqual(parseTerms(right, undefined), right);
    const { templateHash: _, ...rest } = right;
    assert.deepEqual(parseTerms(rest, templateHash), right);
    assert.deepEqual(parseTerms({ ...right, owner: "deployer" }, undefined), { ...right, owner: "deployer" });
    const consensus = { quorum: [address.toLowerCase(), other] };
    assert.deepEqual(parseTerms({ ...right, consensus }, undefined).consensus, { quorum: [address, other] });
  });

  const wrong: [string, string, unknown][] = [
    ["the parameters", "nothing", null],
    ["the parameters", "a list", []],
    ["epochlength", "a name that nobody knows", { ...right, epochlength: 10 }],
    ["templateHash", "too short", { ...right, templateHash: "0x12" }],
    ["templateHash", "neither there nor recorded", { ...right, templateHash: undefined }],
    ["epochLength", "zero", { ...right, epochLength: 0 }],
    ["epochLength", "no whole number", { ...right, epochLength: 1.5 }],
    ["epochLength", "a text", { ...right, epochLength: "10" }],
    ["consensus", "missing", { ...right, consensus: undefined }],
    ["consensus", "both kinds", { ...right, consensus: { authority: address, quorum: [address] } }],
    ["consensus.authority", "zero", { ...right, consensus: { authority: zeroAddress } }],
    ["consensus.authority", "empty", { ...right, consensus: { authority: "" } }],
    [
      "consensus.authority",
      "misspelt",
      { ...right, consensus: { authority: address.replace("f39F", "f39f") } },
    ],
    ["consensus.quorum", "empty", { ...right, consensus: { quorum: [] } }],
    ["consensus.quorum", "no list", { ...right, consensus: { quorum: address } }],
    [
      "consensus.quorum",
      "twice the same",
      { ...right, consensus: { quorum: [address, address.toLowerCase()] } },
    ],
    ["consensus.quorum", "with zero", { ...right, consensus: { quorum: [address, zeroAddress] } }],
    ["salt", "too short", { ...right, salt: "0x12" }],
    ["salt", "a number", { ...right, salt: 1 }],
    ["owner", "somebody else", { ...right, owner: address }],
  ];
  for (const [name, what, value] of wrong) {
    it(`are refused when ${name} is ${what}`, () => {
      assert.throws(
        () => parseTerms(value, undefined),
        (error) =>
          error instanceof DeploymentError && error.shortMessage === `the parameter ${name} is wrong`,
      );
    });
  }

  it("have an example for each network, complete except for what only its user knows", async () => {
    const folder = new URL("../../deploy/parameters/", import.meta.url);
    for (const file of await readdir(folder)) {
      const parameters = json5.parse(await readFile(new URL(file, folder), "utf8"));
      if (file !== "localhost.json5") {
        parameters.consensus = { authority: address };
      }
      assert.ok(parseTerms(parameters, templateHash).epochLength > 0);
    }
  });
});
