import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { encodeFunctionData, parseEventLogs, size, zeroAddress, zeroHash } from "viem";
import { applicationAbi, buildRegistryAbi } from "../../abi/index.ts";
import { MAX_VOUCHER_BYTES, MAX_VOUCHER_OUTPUTS } from "../../machine/handler/limits.ts";
import { pathKeyOf } from "./support/registryModel.ts";
import { hashOf, helloOutput, INPUT_INDEX, type Output, storePath } from "./support/sampleOutputs.ts";
import { areAltered } from "./support/startChain.ts";
import { endEpoch, Outputs, startRollup, TEMPLATE_HASH } from "./support/startRollup.ts";

/** Bytes of the call that records these outputs. */
function sizeOf(outputs: Output[]): number {
  return size(
    encodeFunctionData({ abi: buildRegistryAbi, functionName: "record", args: [INPUT_INDEX, outputs] }),
  );
}

describe("A voucher to the registry", () => {
  let rollup: Awaited<ReturnType<typeof startRollup>>;
  const outputs = new Outputs();
  const built = [helloOutput("built"), helloOutput("built too")];
  let index: bigint;

  before(async () => {
    rollup = await startRollup();
    outputs.notice("0x7b7d");
    index = outputs.recordVoucher(rollup.registry.address, built);
  });

  async function claim() {
    const { authority, application, chain } = rollup;
    await authority.write.submitClaim([application.address, await endEpoch(chain), outputs.root]);
  }

  it("is for an application with our template hash and no owner", async () => {
    assert.equal(await rollup.application.read.getTemplateHash(), TEMPLATE_HASH);
    assert.equal(await rollup.application.read.owner(), zeroAddress);
  });

  it("cannot be executed before its claim is accepted", async () => {
    await rollup.chain.viem.assertions.revertWithCustomErrorWithArgs(
      rollup.application.write.executeOutput([...outputs.proven(index)]),
      rollup.application,
      "InvalidOutputsMerkleRoot",
      [outputs.root],
    );
  });

  it("records what was built, under the application's address, whoever executes it", async () => {
    const { application, registry, chain } = rollup;
    await claim();
    const account = chain.wallets[7]!.account;
    const hash = await application.write.executeOutput([...outputs.proven(index)], { account });
    const { logs } = await chain.client.waitForTransactionReceipt({ hash });
    const [executed] = parseEventLogs({ abi: applicationAbi, logs, eventName: "OutputExecuted" });
    assert.deepEqual(executed?.args, { outputIndex: index, output: outputs.output(index) });
    const recorded = parseEventLogs({ abi: buildRegistryAbi, logs, eventName: "OutputRecorded" });
    assert.deepEqual(
      recorded.map(({ args }) => [args.pathKey, args.inputIndex, args.narHash]),
      built.map(({ storePath, narHash }) => [pathKeyOf(storePath), INPUT_INDEX, narHash]),
    );
    for (const output of built) {
      const { narHash } = await registry.read.recordOf([application.address, output.storePath]);
      assert.equal(narHash, output.narHash);
      assert.equal(await registry.read.isRecorded([account.address, output.storePath]), false);
    }
  });

  it("is executed once", async () => {
    await rollup.chain.viem.assertions.revertWithCustomErrorWithArgs(
      rollup.application.write.executeOutput([...outputs.proven(index)]),
      rollup.application,
      "OutputNotReexecutable",
      [outputs.output(index)],
    );
  });

  it("is refused with another output's proof, a wrong sibling, or too few siblings", async () => {
    const { application, chain } = rollup;
    const fresh = outputs.recordVoucher(rollup.registry.address, [helloOutput("fresh")]);
    await claim();
    const [output, proof] = outputs.proven(fresh);
    const { revertWithCustomError } = chain.viem.assertions;
    const [, otherProof] = outputs.proven(index);
    const wrongSiblings = proof.outputHashesSiblings.with(5, zeroHash);
    for (const wrong of [
      otherProof,
      { ...proof, outputIndex: 0n },
      { ...proof, outputHashesSiblings: wrongSiblings },
    ]) {
      await revertWithCustomError(
        application.write.executeOutput([output, wrong]),
        application,
        "InvalidOutputsMerkleRoot",
      );
    }
    const short = { ...proof, outputHashesSiblings: proof.outputHashesSiblings.slice(1) };
    await revertWithCustomError(
      application.write.executeOutput([output, short]),
      application,
      "InvalidOutputHashesSiblingsArrayLength",
    );
    await application.write.executeOutput([output, proof]);
    assert.equal(
      await rollup.registry.read.isRecorded([application.address, helloOutput("fresh").storePath]),
      true,
    );
  });

  it("confirms or contradicts what an earlier one recorded, without failing", async () => {
    const { application, registry } = rollup;
    const [first, second] = built;
    const again = outputs.recordVoucher(registry.address, [first!, { ...second!, narHash: hashOf("no") }]);
    await claim();
    await application.write.executeOutput([...outputs.proven(again)]);
    const records = await registry.read.recordsOf([
      application.address,
      built.map(({ storePath }) => storePath),
    ]);
    assert.deepEqual(
      records.map(({ narHash, confirmations, conflicts }) => [narHash, confirmations, conflicts]),
      [
        [first!.narHash, 1n, 0n],
        [second!.narHash, 0n, 1n],
      ],
    );
  });

  it("leaves a tenth of a transaction's gas, even if the largest that the handler emits conflicts in all outputs", async () => {
    const { application, registry, chain } = rollup;
    const reference = storePath("largest", "r".repeat(20));
    const withReferences = (count: number) =>
      Array.from({ length: MAX_VOUCHER_OUTPUTS }, (_, index) =>
        helloOutput(`largest ${index}`, { references: Array.from({ length: count }, () => reference) }),
      );
    let count = 1;
    while (sizeOf(withReferences(count + 1)) <= MAX_VOUCHER_BYTES) {
      count++;
    }
    const first = withReferences(count);
    const conflicting = first.map((output, index) => ({
      ...first[(index + 1) % first.length]!,
      drvPath: output.drvPath,
      narHash: hashOf(`conflict ${index}`),
    }));
    const vouchers = [first, conflicting].map((built) => outputs.recordVoucher(registry.address, built));
    await claim();
    for (const voucher of vouchers) {
      const used = await chain.gasOf(application.write.executeOutput([...outputs.proven(voucher)]));
      assert.ok(areAltered || used < (2n ** 24n * 9n) / 10n, `${used}`);
    }
    const { conflicts } = await registry.read.recordOfDerivation([
      application.address,
      first[0]!.drvPath,
      "out",
    ]);
    assert.equal(conflicts, 2n);
  });

  it("stays executable when the registry refuses its call", async () => {
    const { application, registry, chain } = rollup;
    const wrong = outputs.recordVoucher(registry.address, [helloOutput("wrong", { narHash: zeroHash })]);
    await claim();
    await chain.viem.assertions.revertWithCustomError(
      application.write.executeOutput([...outputs.proven(wrong)]),
      registry,
      "InvalidNarHash",
    );
    assert.equal(await application.read.wasOutputExecuted([wrong]), false);
  });
});
