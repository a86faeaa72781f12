import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import json5 from "json5";
import { describe, it } from "mocha";
import { zeroAddress } from "viem";
import { stepVerifierAddress } from "../../abi/index.ts";
import { parseTerms } from "../../deploy/applicationTerms.ts";
import { DeploymentError } from "../../deploy/index.ts";

const templateHash = `0x${"ab".repeat(32)}` as const;
const templateProof = "0x1234" as const;
const address = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
const other = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
const right = { templateHash, epochLength: 10, consensus: { authority: address } };
const dispute = { maxInputs: 1024, claimWindow: 10, challengeWindow: 20, clock: 100, bond: "0.1" };
const disputable = { templateHash, consensus: { dispute } };
const disputing = (changes: object) => ({ templateHash, consensus: { dispute: { ...dispute, ...changes } } });

describe("The parameters of a deployment", () => {
  it("are parsed, with the pinned template's hash unless they name another", () => {
    assert.deepEqual(parseTerms(right, undefined), right);
    const { templateHash: _, ...rest } = right;
    assert.deepEqual(parseTerms(rest, { templateHash, templateProof }), right);
    assert.deepEqual(parseTerms({ ...right, owner: "deployer" }, undefined), { ...right, owner: "deployer" });
    const consensus = { quorum: [address.toLowerCase(), other] };
    assert.deepEqual(parseTerms({ ...right, consensus }, undefined).consensus, { quorum: [address, other] });
  });

  it("are parsed with a consensus that lets anybody dispute, without an epoch's length", () => {
    assert.deepEqual(parseTerms(disputable, undefined), {
      templateHash,
      consensus: {
        dispute: { ...dispute, stepVerifier: stepVerifierAddress(), bond: "100000000000000000" },
      },
    });
    const bonds = {
      "1": 10n ** 18n,
      "0.000000000000000001": 1n,
      "999999999.5": 999_999_999_500_000_000n * 10n ** 9n,
    };
    for (const [bond, wei] of Object.entries(bonds)) {
      assert.match(JSON.stringify(parseTerms(disputing({ bond }), undefined)), new RegExp(`"bond":"${wei}"`));
    }
  });

  it("have the template's proof if they are about the pinned template, and disputes need it", () => {
    const pinned = { templateHash, templateProof };
    const { templateHash: _, ...rest } = disputable;
    for (const parameters of [disputable, rest]) {
      assert.deepEqual(parseTerms(parameters, pinned), {
        ...parseTerms(disputable, undefined),
        templateProof,
      });
    }
    const another = { ...disputable, templateHash: `0x${"cd".repeat(32)}` };
    assert.ok(!("templateProof" in parseTerms(another, pinned)));
    assert.deepEqual(parseTerms(right, pinned), right);
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
    ["consensus", "both kinds, one with disputes", { ...right, consensus: { authority: address, dispute } }],
    ["consensus.dispute", "a text", { templateHash, consensus: { dispute: "0.1" } }],
    ["consensus.dispute", "a list", { templateHash, consensus: { dispute: [dispute] } }],
    ["consensus.dispute.stepVerifier", "a name that nobody sets", disputing({ stepVerifier: address })],
    ["epochLength", "there beside disputes", { ...disputable, epochLength: 10 }],
    ...["maxInputs", "claimWindow", "challengeWindow", "clock"].flatMap(
      (name): [string, string, unknown][] => [
        [`consensus.dispute.${name}`, "missing", disputing({ [name]: undefined })],
        [`consensus.dispute.${name}`, "zero", disputing({ [name]: 0 })],
        [`consensus.dispute.${name}`, "no whole number", disputing({ [name]: 1.5 })],
        [`consensus.dispute.${name}`, "a text", disputing({ [name]: "10" })],
        [`consensus.dispute.${name}`, "too long for the contract", disputing({ [name]: 2 ** 32 })],
      ],
    ),
    ...[
      undefined,
      0.1,
      "",
      "0",
      "0.0",
      "-1",
      "1e3",
      ".1",
      "1.",
      " 1",
      "0x1",
      "1 ether",
      "0.0000000000000000001",
    ].map((bond): [string, string, unknown] => [
      "consensus.dispute.bond",
      JSON.stringify(bond) ?? "missing",
      disputing({ bond }),
    ]),
    ["consensus.dispute.maxInputs", "one more than the contract takes", disputing({ maxInputs: 1025 })],
    ["consensus.dispute.bond", "more ether than there is", disputing({ bond: "1000000000" })],
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
    const files = await readdir(folder);
    for (const network of ["localhost", "sepolia", "opSepolia"]) {
      assert.ok(files.includes(`${network}.json5`) && files.includes(`${network}Dispute.json5`));
    }
    for (const file of files) {
      const parameters = json5.parse(await readFile(new URL(file, folder), "utf8"));
      if (parameters.consensus.authority === "") {
        parameters.consensus = { authority: address };
      }
      assert.equal(parseTerms(parameters, { templateHash, templateProof }).templateHash, templateHash);
    }
  });
});
