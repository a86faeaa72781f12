import assert from "node:assert/strict";
import hre from "hardhat";
import { before, describe, it } from "mocha";
import { type Abi, type Address, getAddress, keccak256, parseAbi, toBytes, zeroAddress } from "viem";
import { hashOf, helloOutput, storePath } from "./support/sampleOutputs.ts";
import { startTrust } from "./support/startApplications.ts";

const releasesAbi = parseAbi([
  "constructor(address policy)",
  "function policy() view returns (address)",
  "function publish(string project, string version, string storePath)",
  "function handOver(string project, address maintainer)",
  "function maintainerOf(string project) view returns (address)",
  "struct Release { string storePath; bytes32 narHash; uint64 publishedAt; }",
  "function releaseOf(string project, string version) view returns (Release)",
  "event Maintained(bytes32 indexed projectKey, address indexed maintainer, string project)",
  "event Published(bytes32 indexed projectKey, string project, string version, string storePath, bytes32 narHash)",
  "error NotMaintainer(string project, address caller)",
  "error AlreadyPublished(string project, string version)",
  "error NotPublished(string project, string version)",
  "error NotTrusted(string storePath, uint8 verdict)",
]);

describe("ReleaseRegistry", () => {
  let world: Awaited<ReturnType<typeof startTrust>>;
  let releases: Awaited<ReturnType<typeof makeReleases>>;
  const makeReleases = (policy: Address) => world.chain.deploy("ReleaseRegistry", releasesAbi, [policy]);
  const output = helloOutput("release");
  const accounts = () => world.chain.wallets.map((wallet) => getAddress(wallet.account.address));
  const key = keccak256(toBytes("hello"));

  before(async () => {
    world = await startTrust();
    releases = await makeReleases(world.policy.address);
    await world.recordAs(world.builder, [output]);
  });

  it("publishes an output that the policy accepts, and makes the first publisher the maintainer", async () => {
    const { emitWithArgs } = world.chain.viem.assertions;
    assert.equal(await releases.read.maintainerOf(["hello"]), zeroAddress);
    const hash = await releases.write.publish(["hello", "2.10", output.storePath]);
    await emitWithArgs(hash, releases, "Maintained", [key, accounts()[0]!, "hello"]);
    await emitWithArgs(hash, releases, "Published", [key, "hello", "2.10", output.storePath, output.narHash]);
    assert.equal(await releases.read.maintainerOf(["hello"]), accounts()[0]);
    const { timestamp } = await world.chain.client.getBlock();
    assert.deepEqual(await releases.read.releaseOf(["hello", "2.10"]), {
      storePath: output.storePath,
      narHash: output.narHash,
      publishedAt: timestamp,
    });
    assert.equal(await releases.read.policy(), getAddress(world.policy.address));
  });

  it("keeps a version for good, even if the application contradicts itself later", async () => {
    const { revertWithCustomErrorWithArgs } = world.chain.viem.assertions;
    await revertWithCustomErrorWithArgs(
      releases.write.publish(["hello", "2.10", output.storePath]),
      releases,
      "AlreadyPublished",
      ["hello", "2.10"],
    );
    await world.recordAs(world.builder, [{ ...output, narHash: hashOf("contradiction") }]);
    assert.equal((await releases.read.releaseOf(["hello", "2.10"])).narHash, output.narHash);
    await revertWithCustomErrorWithArgs(
      releases.write.publish(["hello", "2.11", output.storePath]),
      releases,
      "NotTrusted",
      [output.storePath, 3],
    );
  });

  it("refuses what the policy does not accept, and has no version that was not published", async () => {
    const { revertWithCustomErrorWithArgs } = world.chain.viem.assertions;
    const unknown = storePath("never", "hello");
    await revertWithCustomErrorWithArgs(
      releases.write.publish(["new", "1", unknown]),
      releases,
      "NotTrusted",
      [unknown, 1],
    );
    await revertWithCustomErrorWithArgs(
      releases.read.releaseOf(["new", "1"]) as never,
      releases,
      "NotPublished",
      ["new", "1"],
    );
    assert.equal(await releases.read.maintainerOf(["new"]), zeroAddress);
  });

  it("lets only the maintainer publish and hand over", async () => {
    const { revertWithCustomErrorWithArgs, emitWithArgs } = world.chain.viem.assertions;
    const fresh = helloOutput("handed over");
    await world.recordAs(world.builder, [fresh]);
    const other = accounts()[3]!;
    for (const call of [
      releases.write.publish(["hello", "3", fresh.storePath], { account: other }),
      releases.write.handOver(["hello", other], { account: other }),
    ]) {
      await revertWithCustomErrorWithArgs(call, releases, "NotMaintainer", ["hello", other]);
    }
    await emitWithArgs(releases.write.handOver(["hello", other]), releases, "Maintained", [
      key,
      other,
      "hello",
    ]);
    await releases.write.publish(["hello", "3", fresh.storePath], { account: other });
    assert.equal((await releases.read.releaseOf(["hello", "3"])).storePath, fresh.storePath);
  });

  it("distinguishes projects and versions whose concatenated names are equal", async () => {
    const fresh = helloOutput("apart");
    await world.recordAs(world.builder, [fresh]);
    await releases.write.publish(["ab", "c", fresh.storePath]);
    await releases.write.publish(["a", "bc", fresh.storePath]);
    await assert.rejects(releases.read.releaseOf(["abc", ""]));
  });

  it("does not let a policy call back", async () => {
    const { abi } = await hre.artifacts.readArtifact("ReenteringPolicy");
    const hostile = await world.chain.deploy("ReenteringPolicy", abi as Abi);
    const releases = await makeReleases(hostile.address);
    await assert.rejects(releases.write.publish(["hello", "1", output.storePath]));
  });
});
