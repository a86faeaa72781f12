import assert from "node:assert/strict";
import hre from "hardhat";
import { before, describe, it } from "mocha";
import {
  type Address,
  encodeAbiParameters,
  getAddress,
  getCreate2Address,
  parseAbi,
  parseEventLogs,
  zeroAddress,
  zeroHash,
} from "viem";
import {
  applicationFactoryAbi,
  ConsensusKind,
  Contradictions,
  trustPolicyAbi,
  trustPolicyFactoryAbi,
} from "../../abi/index.ts";
import { hashOf, helloOutput } from "./support/sampleOutputs.ts";
import { startApplications, termsOf } from "./support/startApplications.ts";
import { TEMPLATE_HASH } from "./support/startRollup.ts";

const fakeAbi = parseAbi(["constructor(bytes32 templateHash, address consensus)"]);

describe("TrustPolicyFactory", () => {
  let world: Awaited<ReturnType<typeof startApplications>>;
  let applications: Address[];
  let factory: Awaited<ReturnType<typeof makeFactory>>;
  const makeFactory = () => world.makePolicyFactory();
  type Terms = ReturnType<typeof termsOf>;
  const originsOf = (terms: Terms) => terms.members.map(({ application }) => world.originOf(application));
  const refuses = (call: Promise<unknown>, error: string, args: unknown[]) =>
    world.chain.viem.assertions.revertWithCustomErrorWithArgs(
      call as never,
      factory,
      error as never,
      args as never,
    );

  before(async () => {
    world = await startApplications();
    applications = await world.makeApplications(3);
    factory = await makeFactory();
  });

  it("predicts where a policy will be, and deploys it there", async () => {
    const terms = termsOf(2, applications);
    const policy = await factory.read.policyOf([terms]);
    assert.equal(await world.chain.client.getCode({ address: policy }), undefined);
    const hash = await factory.write.create([terms, originsOf(terms)]);
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
    await factory.write.create([terms, originsOf(terms)]);
    const code = await world.chain.client.getCode({ address: await factory.read.policyOf([terms]) });
    const hash = await factory.write.create([terms, originsOf(terms)], {
      account: world.chain.wallets[3]!.account,
    });
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
      { ...base, contradictions: Contradictions.Any },
      { ...base, members: [base.members[0]!, { ...base.members[1]!, claimer: first }] },
      termsOf(1, [first]),
      {
        ...base,
        members: [base.members[0]!, { ...base.members[1]!, consensus: world.quorum }],
      },
    ];
    const policies = await Promise.all(variants.map((terms) => factory.read.policyOf([terms])));
    assert.equal(new Set(policies).size, variants.length);
  });

  it("refuses terms that a policy refuses, with the policy's error", async () => {
    const terms = termsOf(4, applications);
    await world.chain.viem.assertions.revertWithCustomErrorWithArgs(
      factory.write.create([terms, originsOf(terms)]),
      { address: factory.address, abi: trustPolicyAbi },
      "WrongThreshold",
      [4, 3n],
    );
  });

  describe("members", () => {
    it("must be Cartesi applications: a contract that says what the terms want is refused", async () => {
      const genuine = applications[0]!;
      const fake = await world.chain.deploy("FakeApplication", fakeAbi, [TEMPLATE_HASH, world.quorum]);
      const terms = termsOf(1, [fake.address]);
      terms.members[0] = { ...terms.members[0]!, templateHash: TEMPLATE_HASH, consensus: world.quorum };
      const forged = helloOutput("forged");
      await world.recordAs(fake.address, [forged]);
      const policy = await world.chain.deploy("TrustPolicy", trustPolicyAbi, [world.registry.address, terms]);
      assert.deepEqual(await policy.read.acceptedHash([forged.storePath]), [forged.narHash, 0]);

      const refused = factory.write.create([terms, [world.originOf(genuine)]]);
      await refuses(refused, "NotAnApplication", [getAddress(fake.address), getAddress(genuine)]);
      const address = await factory.read.policyOf([terms]);
      assert.equal(await world.chain.client.getCode({ address }), undefined);
    });

    it("must have been created as the origin says, in every part", async () => {
      const terms = termsOf(1, applications.slice(0, 1));
      const origin = world.originOf(applications[0]!);
      for (const changes of [
        { consensus: world.deployment.consensus },
        { owner: applications[1]! },
        { templateHash: hashOf("other") },
        { dataAvailability: "0x" as const },
        { salt: hashOf("other") },
      ]) {
        await refuses(factory.write.create([terms, [{ ...origin, ...changes }]]), "NotAnApplication", [
          getAddress(applications[0]!),
          () => true,
        ]);
      }
    });

    it("must have an origin each, and no more", async () => {
      const terms = termsOf(1, applications.slice(0, 2));
      for (const origins of [[], originsOf(terms).slice(1), [...originsOf(terms), originsOf(terms)[0]!]]) {
        const call = factory.write.create([terms, origins]);
        await refuses(call, "WrongNumberOfOrigins", [BigInt(origins.length), 2n]);
      }
    });

    it("must exist already", async () => {
      const origin = { ...world.originOf(applications[0]!), salt: hashOf("to come") };
      const { consensus, owner, templateHash, dataAvailability, salt } = origin;
      const address = await world.chain
        .contractAt(world.deployment.applicationFactory, applicationFactoryAbi)
        .read.calculateApplicationAddress([consensus, owner, templateHash, dataAvailability, salt]);
      await assert.rejects(factory.write.create([termsOf(1, [address]), [origin]]));
    });
  });

  describe("a member's consensus", () => {
    const accepts = async (terms: Terms, origins = originsOf(terms)) => {
      await factory.write.create([terms, origins]);
      const address = await factory.read.policyOf([terms]);
      assert.notEqual(await world.chain.client.getCode({ address }), undefined);
    };
    const claimer = () => world.chain.wallets[0]!.account.address;

    it("may be an Authority or a Quorum that Cartesi's factories created", async () => {
      const consensus = await world.makeAuthority();
      const { address } = await world.makeApplication({ consensus });
      const terms = termsOf(1, [address]);
      terms.members[0]!.claimer = claimer();
      await accepts(terms);
      await accepts(termsOf(1, applications.slice(1, 2)));
    });

    it("must be named by the terms if no factory created it", async () => {
      const fake = await world.chain.deploy("FakeApplication", fakeAbi, [TEMPLATE_HASH, world.quorum]);
      const { address } = await world.makeApplication({ consensus: fake.address });
      const terms = termsOf(1, [address]);
      const origin = world.originOf(address);
      const genuine = world.consensusOriginOf(world.quorum);
      for (const [consensusOrigin, created] of [
        [origin.consensusOrigin, zeroAddress],
        [genuine, world.quorum],
        [{ ...genuine, kind: ConsensusKind.Authority, claimers: [] }, zeroAddress],
        [{ ...genuine, kind: ConsensusKind.Authority, claimers: [claimer(), claimer()] }, zeroAddress],
      ] as const) {
        await refuses(
          factory.write.create([terms, [{ ...origin, consensusOrigin }]]),
          "UnknownConsensus",
          [address, fake.address, created].map((item) => getAddress(item)),
        );
      }
      terms.members[0]!.consensus = fake.address;
      await accepts(terms);
    });

    it("is today's, whatever the first one was", async () => {
      const first = await world.makeAuthority();
      const application = await world.makeApplication({ consensus: first, isRenounced: false });
      await application.write.migrateToOutputsMerkleRootValidator([world.quorum]);
      await application.write.renounceOwnership();
      const terms = termsOf(1, [application.address]);
      const origin = world.originOf(application.address);
      await refuses(factory.write.create([terms, [origin]]), "UnknownConsensus", [
        ...[application.address, world.quorum, first].map((item) => getAddress(item)),
      ]);
      await accepts(terms, [{ ...origin, consensusOrigin: world.consensusOriginOf(world.quorum) }]);
    });
  });

  it("reports its interface by ERC-165", async () => {
    assert.equal(await factory.read.supportsInterface(["0x01ffc9a7"]), true);
    assert.equal(await factory.read.supportsInterface(["0xffffffff"]), false);
    assert.equal(await factory.read.registry(), getAddress(world.registry.address));
  });

  it("shows which of Cartesi's factories it knows", async () => {
    assert.deepEqual(
      [
        await factory.read.applicationFactory(),
        await factory.read.authorityFactory(),
        await factory.read.quorumFactory(),
      ],
      [
        world.deployment.applicationFactory,
        world.deployment.authorityFactory,
        world.deployment.quorumFactory,
      ],
    );
  });
});
