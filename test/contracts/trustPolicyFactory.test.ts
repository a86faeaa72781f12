import assert from "node:assert/strict";
import hre from "hardhat";
import { before, describe, it } from "mocha";
import {
  type Address,
  encodeAbiParameters,
  getAddress,
  getCreate2Address,
  parseEventLogs,
  zeroHash,
} from "viem";
import { trustPolicyAbi, trustPolicyFactoryAbi } from "../../abi/index.ts";
import { helloOutput } from "./support/sampleOutputs.ts";
import { startApplications, termsOf } from "./support/startApplications.ts";

describe("TrustPolicyFactory", () => {
  let world: Awaited<ReturnType<typeof startApplications>>;
  let applications: Address[];
  let factory: Awaited<ReturnType<typeof makeFactory>>;
  const makeFactory = () =>
    world.chain.deploy("TrustPolicyFactory", trustPolicyFactoryAbi, [world.registry.address]);

  before(async () => {
    world = await startApplications();
    applications = await world.makeApplications(3);
    factory = await makeFactory();
  });

  it("predicts where a policy will be, and deploys it there", async () => {
    const terms = termsOf(2, applications);
    const policy = await factory.read.policyOf([terms]);
    assert.equal(await world.chain.client.getCode({ address: policy }), undefined);
    const hash = await factory.write.create([terms]);
    const { logs } = await world.chain.client.waitForTransactionReceipt({ hash });
    const [event] = parseEventLogs({ abi: trustPolicyFactoryAbi, logs });
    assert.equal(event?.args.policy, policy);
    const at = world.chain.contractAt(policy, trustPolicyAbi);
    assert.deepEqual(await at.read.terms(), event.args.terms);
    assert.equal(await at.read.registry(), getAddress(world.registry.address));

    const output = helloOutput("factory");
    for (const application of applications) {
      await world.recordAs(application, [output]);
    }
    assert.deepEqual(await at.read.acceptedHash([output.storePath]), [output.narHash, 0]);
  });

  it("puts it where CREATE2 puts the policy's creation code with its terms", async () => {
    const terms = termsOf(1, applications);
    const { bytecode } = await hre.artifacts.readArtifact("TrustPolicy");
    const { inputs } = trustPolicyAbi.find((item) => item.type === "constructor")!;
    const args = encodeAbiParameters(inputs, [world.registry.address, terms]);
    const expected = getCreate2Address({
      from: factory.address,
      salt: zeroHash,
      bytecode: `${bytecode}${args.slice(2)}` as `0x${string}`,
    });
    assert.equal(await factory.read.policyOf([terms]), expected);
  });

  it("deploys a policy once for the same terms, whoever asks", async () => {
    const terms = termsOf(3, applications);
    await factory.write.create([terms]);
    const code = await world.chain.client.getCode({ address: await factory.read.policyOf([terms]) });
    const hash = await factory.write.create([terms], { account: world.chain.wallets[3]!.account });
    const { logs, status } = await world.chain.client.waitForTransactionReceipt({ hash });
    assert.deepEqual([status, logs], ["success", []]);
    assert.equal(await world.chain.client.getCode({ address: await factory.read.policyOf([terms]) }), code);
  });

  it("uses another address for any other terms", async () => {
    const [first, second] = applications as [Address, Address];
    const base = termsOf(1, [first, second]);
    const variants = [
      base,
      { ...base, threshold: 2 },
      { ...base, ownerRenounced: false },
      termsOf(1, [first]),
      {
        ...base,
        members: [base.members[0]!, { ...base.members[1]!, consensus: world.deployment.consensus }],
      },
    ];
    const policies = await Promise.all(variants.map((terms) => factory.read.policyOf([terms])));
    assert.equal(new Set(policies).size, variants.length);
  });

  it("refuses terms that a policy refuses, with the policy's error", async () => {
    const terms = termsOf(4, applications);
    await world.chain.viem.assertions.revertWithCustomErrorWithArgs(
      factory.write.create([terms]),
      { address: factory.address, abi: trustPolicyAbi },
      "WrongThreshold",
      [4, 3n],
    );
  });

  it("reports its interface by ERC-165", async () => {
    assert.equal(await factory.read.supportsInterface(["0x01ffc9a7"]), true);
    assert.equal(await factory.read.supportsInterface(["0xffffffff"]), false);
    assert.equal(await factory.read.registry(), getAddress(world.registry.address));
  });
});
