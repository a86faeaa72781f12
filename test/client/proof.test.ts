import assert from "node:assert/strict";
import fc from "fast-check";
import { after, before, describe, it } from "mocha";
import { type Address, createPublicClient, type Hex, http } from "viem";
import {
  type BuildProof,
  checkClaims,
  formatProof,
  NoProofError,
  ProofDamagedError,
  parseProof,
  proveBuild,
  verifyProof,
} from "../../client/index.ts";
import type { Deployment } from "../../protocol/deployments/index.ts";
import { encodeOutput, encodeRecord, formatNarHash } from "../../protocol/index.ts";
import { hashOf, helloOutput } from "../contracts/support/sampleOutputs.ts";
import { outputsTree } from "../indexer/support/outputsTree.ts";
import { type Rollup, startRollup } from "../indexer/support/startRollup.ts";
import { claimAndExecute } from "./support/claimAndExecute.ts";

describe("proofs of builds", function () {
  this.timeout(120_000);
  let rollup: Rollup;
  let deployment: Deployment;
  let proof: BuildProof;
  const built = helloOutput("proven");
  const second = helloOutput("proven-too");

  before(async () => {
    rollup = await startRollup();
    deployment = await rollup.deploy();
    await claimAndExecute(rollup, deployment, [built, second]);
    proof = await prove(built.storePath);
  });

  after(() => rollup?.stop());

  const client = () => createPublicClient({ transport: http(rollup.chain.rpcUrl) });
  const prove = (storePath: string, application: Address = deployment.application) =>
    proveBuild(client(), {
      ...{ application, storePath, registry: deployment.registry },
      fromBlock: BigInt(deployment.registryBlock),
    });

  it("are gathered from the chain alone, and verify without it", () => {
    const { narHash, output, inputIndex, statement } = verifyProof(parseProof(formatProof(proof)));
    assert.equal(narHash, formatNarHash(built.narHash));
    assert.deepEqual([output.drvPath, inputIndex, statement], [built.drvPath, 0n, undefined]);
    assert.equal(proof.voucher.outputIndex, 2n);
  });

  it("come back from their text as they were", () => {
    assert.deepEqual(parseProof(formatProof(proof)), proof);
  });

  it("are confirmed by the chain", () =>
    checkClaims(client(), proof, BigInt(proof.claims[0]!.blockNumber + 1n)));

  it("show each output of a voucher", async () => {
    assert.equal(verifyProof(await prove(second.storePath)).narHash, formatNarHash(second.narHash));
  });

  it("do not exist for what was not recorded", async () => {
    await assert.rejects(
      prove(helloOutput("never").storePath),
      (error) => error instanceof NoProofError && /has not recorded/.test(error.message),
    );
  });

  it("do not exist for what an application recorded without a voucher", async () => {
    const forged = helloOutput("forged");
    await rollup.record(deployment.application, deployment.registry, [forged]);
    await assert.rejects(prove(forged.storePath), NoProofError);
  });

  const swap = (changes: Partial<BuildProof>): BuildProof => ({ ...proof, ...changes });
  const voucherWith = (output: Hex) => swap({ voucher: { ...proof.voucher, output } });
  const voucherOf = (destination: Address, value = 0n) =>
    encodeOutput({
      ...{ type: "Voucher", destination, value },
      payload: encodeRecord({ inputIndex: 0n, outputs: [{ ...built, narHash: hashOf("forged") }] }),
    });
  for (const [what, forge, message] of [
    ["another path", () => swap({ storePath: helloOutput("other").storePath }), /does not record/],
    ["another hash", () => voucherWith(voucherOf(deployment.registry)), /no claim in it covers the voucher/],
    [
      "another index",
      () => swap({ voucher: { ...proof.voucher, outputIndex: proof.voucher.outputIndex + 1n } }),
      /no claim/,
    ],
    [
      "an index that leads to the same root",
      () => swap({ voucher: { ...proof.voucher, outputIndex: proof.voucher.outputIndex + (1n << 63n) } }),
      /no tree of outputs has the place/,
    ],
    [
      "a statement that no claim covers",
      () =>
        swap({ statement: { ...proof.voucher, output: encodeOutput({ type: "Notice", payload: "0x03" }) } }),
      /no claim in it covers the statement/,
    ],
    ["a statement that is a voucher", () => swap({ statement: proof.voucher }), /is not a notice/],
    ["another registry", () => swap({ registry: rollup.accounts[1]! }), /not a voucher for the registry/],
  ] as const) {
    it(`show nothing with ${what}`, () => {
      assert.throws(
        () => verifyProof(forge()),
        (error) => error instanceof ProofDamagedError && message.test(error.message),
      );
    });
  }

  it("of a claim that the chain never accepted are refused by it", async () => {
    const output = voucherOf(deployment.registry);
    const { root, proofs } = outputsTree([output]);
    const forged = swap({
      voucher: { output, outputIndex: 0n, siblings: proofs[0]!.outputHashesSiblings },
      claims: [{ ...proof.claims[0]!, outputsMerkleRoot: root }],
    });
    assert.equal(verifyProof(forged).narHash, formatNarHash(hashOf("forged")));
    const block = await client().getBlockNumber();
    await assert.rejects(
      checkClaims(client(), forged, block),
      (error) => error instanceof ProofDamagedError && /accepted no claim/.test(error.message),
    );
    const otherTemplate = swap({ templateHash: `0x${"ab".repeat(32)}` });
    await assert.rejects(checkClaims(client(), otherTemplate, block), /template hash is/);
    const otherConsensus = swap({ claims: [{ ...proof.claims[0]!, consensus: rollup.accounts[2]! }] });
    await assert.rejects(checkClaims(client(), otherConsensus, block), /consensus is/);
  });

  it("in which anything was changed are refused or show the same", () => {
    const text = formatProof(proof);
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.constantFrom("0", "f", '"', "}", "x", " "), (at, character) => {
        try {
          const changed = parseProof(text.slice(0, at) + character + text.slice(at + 1));
          assert.equal(verifyProof(changed).narHash, formatNarHash(built.narHash));
        } catch (error) {
          assert.ok(error instanceof ProofDamagedError, String(error));
        }
      }),
      { numRuns: 300 },
    );
  });

  for (const [what, change, message] of [
    ["no JSON", () => "{", /not JSON/],
    ["a list", () => "[]", /not an object/],
    ["another schema", (text: string) => text.replace("proof.v1", "proof.v2"), /schema is not/],
    ["an unknown field", (text: string) => text.replace("{", '{"x":1,'), /unknown field "x"/],
    ["a sibling too few", (text: string) => text.replace(/,\s*"0x[0-9a-f]{64}"(?=\s*\])/, ""), /list of 63/],
    ["no claims", (text: string) => text.replace(/"claims": \[[^\]]*\]/, '"claims": []'), /list of 1 to 2/],
    ["a text without end", () => " ".repeat(20_000_000), /longer than/],
  ] as const) {
    it(`are refused as ${what}`, () => {
      assert.throws(
        () => parseProof(change(formatProof(proof))),
        (error) => error instanceof ProofDamagedError && message.test(error.message),
      );
    });
  }
});
