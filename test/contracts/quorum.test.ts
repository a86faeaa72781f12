import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { type Address, zeroAddress, zeroHash } from "viem";
import {
  applicationAbi,
  applicationFactoryAbi,
  authorityAbi,
  quorumAbi,
  quorumFactoryAbi,
  trustPolicyAbi,
} from "../../abi/index.ts";
import { helloOutput } from "./support/sampleOutputs.ts";
import { startApplications, termsOf } from "./support/startApplications.ts";
import { EPOCH_LENGTH, endEpoch, Outputs, TEMPLATE_HASH } from "./support/startRollup.ts";

describe("An application whose claims a quorum of 2 of 3 accepts", () => {
  let world: Awaited<ReturnType<typeof startApplications>>;
  let validators: Address[];
  let quorum: ReturnType<typeof quorumAt>;
  let application: ReturnType<typeof applicationAt>;
  const quorumAt = (address: Address) => world.chain.contractAt(address, quorumAbi);
  const applicationAt = (address: Address) => world.chain.contractAt(address, applicationAbi);

  before(async () => {
    world = await startApplications();
    const { chain, deployment } = world;
    validators = chain.wallets.slice(1, 4).map((wallet) => wallet.account.address);
    const quorums = chain.contractAt(deployment.quorumFactory, quorumFactoryAbi);
    const consensus = await quorums.read.calculateQuorumAddress([validators, BigInt(EPOCH_LENGTH), zeroHash]);
    await quorums.write.newQuorum([validators, BigInt(EPOCH_LENGTH), zeroHash]);
    quorum = quorumAt(consensus);
    const applications = chain.contractAt(deployment.applicationFactory, applicationFactoryAbi);
    const owner = chain.wallets[0]!.account.address;
    const terms = [consensus, owner, TEMPLATE_HASH, zeroHash, zeroHash] as const;
    application = applicationAt(await applications.read.calculateApplicationAddress(terms));
    await applications.write.newApplication(terms);
  });

  const claim = (epoch: bigint, root: `0x${string}`, validator: number) =>
    quorum.write.submitClaim([application.address, epoch, root], { account: validators[validator]! });

  it("records what two validators claimed, after the second", async () => {
    const outputs = new Outputs();
    const output = helloOutput("quorum");
    const index = outputs.recordVoucher(world.registry.address, [output]);
    const wrong = new Outputs();
    wrong.recordVoucher(world.registry.address, [helloOutput("wrong")]);
    const epoch = await endEpoch(world.chain);
    const { revertWithCustomError } = world.chain.viem.assertions;
    const execute = () => application.write.executeOutput([...outputs.proven(index)]);

    await claim(epoch, outputs.root, 0);
    await revertWithCustomError(execute(), application, "InvalidOutputsMerkleRoot");
    await claim(epoch, wrong.root, 1);
    await revertWithCustomError(execute(), application, "InvalidOutputsMerkleRoot");
    await claim(epoch, outputs.root, 2);
    await execute();
    assert.equal(
      (await world.registry.read.recordOf([application.address, output.storePath])).narHash,
      output.narHash,
    );
    await revertWithCustomError(
      application.write.executeOutput([...wrong.proven(0n)]),
      application,
      "InvalidOutputsMerkleRoot",
    );
  });

  it("accepts no claim from a stranger", async () => {
    const stranger = world.chain.wallets[9]!.account;
    const epoch = await endEpoch(world.chain);
    await assert.rejects(
      quorum.write.submitClaim([application.address, epoch, zeroHash], { account: stranger }),
      /Quorum: caller is not validator/,
    );
  });

  it("can be moved to an Authority by its owner, which a policy that requires the quorum notices", async () => {
    const terms = termsOf(1, [application.address]);
    terms.ownerRenounced = false;
    terms.members[0]!.consensus = quorum.address;
    const policy = await world.chain.deploy("TrustPolicy", trustPolicyAbi, [world.registry.address, terms]);
    const { storePath, narHash } = helloOutput("quorum");
    assert.deepEqual(await policy.read.acceptedHash([storePath]), [narHash, 0]);

    const authority = world.chain.contractAt(await world.makeAuthority(), authorityAbi);
    await application.write.migrateToOutputsMerkleRootValidator([authority.address]);
    const outputs = new Outputs();
    outputs.notice("0x");
    const forged = { ...helloOutput("quorum"), narHash: helloOutput("forged").narHash };
    const index = outputs.recordVoucher(world.registry.address, [forged]);
    await authority.write.submitClaim([application.address, await endEpoch(world.chain), outputs.root]);
    await application.write.executeOutput([...outputs.proven(index)]);

    const record = await world.registry.read.recordOf([application.address, storePath]);
    assert.deepEqual([record.narHash, record.conflicts], [narHash, 1n]);
    assert.notEqual((await policy.read.acceptedHash([storePath]))[1], 0);
    const [member] = await policy.read.members();
    assert.deepEqual([member!.meetsTerms, member!.owner === zeroAddress], [false, false]);
  });

  it("cannot be moved once its ownership is renounced", async () => {
    await application.write.renounceOwnership();
    await world.chain.viem.assertions.revertWithCustomError(
      application.write.migrateToOutputsMerkleRootValidator([quorum.address]),
      application,
      "OwnableUnauthorizedAccount",
    );
  });
});
