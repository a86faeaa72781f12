import assert from "node:assert/strict";
import hre from "hardhat";
import { before, describe, it } from "mocha";
import {
  type Abi,
  type Address,
  getAddress,
  type Hex,
  keccak256,
  parseAbi,
  toBytes,
  zeroAddress,
} from "viem";
import { hashOf, helloOutput, storePath } from "./support/sampleOutputs.ts";
import { startTrust } from "./support/startApplications.ts";

const releasesAbi = parseAbi([
  "constructor(address policy)",
  "struct Publication { string project; string version; string storePath; bytes32 narHash; }",
  "struct Release { string version; string storePath; bytes32 narHash; uint64 publishedAt; string yankReason; }",
  "function policy() view returns (address)",
  "function publish(Publication publication)",
  "function publishSigned(Publication publication, address maintainer, uint256 deadline, bytes signature)",
  "function voidSignature()",
  "function nonces(address owner) view returns (uint256)",
  "function yank(string project, string version, string reason)",
  "function offer(string project, address to)",
  "function accept(string project)",
  "function latest(string project) view returns (Release)",
  "function releaseOf(string project, string version) view returns (Release)",
  "function releasesOf(string project, uint256 from, uint256 count) view returns (Release[])",
  "function releaseCount(string project) view returns (uint256)",
  "function maintainerOf(string project) view returns (address)",
  "function offeredTo(string project) view returns (address)",
  "event Maintained(bytes32 indexed projectKey, address indexed maintainer, string project)",
  "event Offered(bytes32 indexed projectKey, address indexed to, string project)",
  "event Published(bytes32 indexed projectKey, string project, string version, string storePath, bytes32 narHash)",
  "event Yanked(bytes32 indexed projectKey, string project, string version, string reason)",
  "error NotMaintainer(string project, address account)",
  "error NotOffered(string project, address account)",
  "error OfferedToZero(string project)",
  "error AlreadyPublished(string project, string version)",
  "error NotPublished(string project, string version)",
  "error NoRelease(string project)",
  "error AlreadyYanked(string project, string version)",
  "error NoReason(string project, string version)",
  "error Expired(uint256 deadline)",
  "error WrongSignature(address maintainer)",
  "error NotTrusted(string storePath, uint8 verdict)",
  "error WrongHash(string storePath, bytes32 narHash, bytes32 acceptedHash)",
]);

const PUBLISH_TYPES = {
  Publish: [
    { name: "project", type: "string" },
    { name: "version", type: "string" },
    { name: "storePath", type: "string" },
    { name: "narHash", type: "bytes32" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint256" },
  ],
} as const;

describe("ReleaseRegistry", () => {
  let world: Awaited<ReturnType<typeof startTrust>>;
  let releases: Awaited<ReturnType<typeof makeReleases>>;
  const makeReleases = (policy: Address) => world.chain.deploy("ReleaseRegistry", releasesAbi, [policy]);
  const output = helloOutput("release");
  const account = (index: number) => getAddress(world.chain.wallets[index]!.account.address);
  const keyOf = (project: string) => keccak256(toBytes(project));
  const publicationOf = (project: string, version: string, { storePath, narHash } = output) => ({
    ...{ project, version, storePath, narHash },
  });
  const refuses = (call: Promise<unknown>, error: string, args: unknown[]) =>
    world.chain.viem.assertions.revertWithCustomErrorWithArgs(
      call as never,
      releases,
      error as never,
      args as never,
    );

  before(async () => {
    world = await startTrust();
    releases = await makeReleases(world.policy.address);
    await world.recordAs(world.builder, [output]);
  });

  it("publishes an output that the policy accepts, and makes the first publisher the maintainer", async () => {
    const { emitWithArgs } = world.chain.viem.assertions;
    assert.equal(await releases.read.maintainerOf(["hello"]), zeroAddress);
    const hash = await releases.write.publish([publicationOf("hello", "2.10")]);
    const key = keyOf("hello");
    await emitWithArgs(hash, releases, "Maintained", [key, account(0), "hello"]);
    await emitWithArgs(hash, releases, "Published", [key, "hello", "2.10", output.storePath, output.narHash]);
    assert.equal(await releases.read.maintainerOf(["hello"]), account(0));
    const { timestamp } = await world.chain.client.getBlock();
    assert.deepEqual(await releases.read.releaseOf(["hello", "2.10"]), {
      version: "2.10",
      storePath: output.storePath,
      narHash: output.narHash,
      publishedAt: timestamp,
      yankReason: "",
    });
    assert.equal(await releases.read.policy(), getAddress(world.policy.address));
  });

  it("keeps a version for good, even if the application contradicts itself later", async () => {
    const kept = helloOutput("kept");
    await world.recordAs(world.builder, [kept]);
    await releases.write.publish([publicationOf("kept", "1", kept)]);
    await refuses(releases.write.publish([publicationOf("kept", "1", kept)]), "AlreadyPublished", [
      "kept",
      "1",
    ]);
    await world.recordAs(world.builder, [{ ...kept, narHash: hashOf("contradiction") }]);
    assert.equal((await releases.read.releaseOf(["kept", "1"])).narHash, kept.narHash);
    await refuses(releases.write.publish([publicationOf("kept", "2", kept)]), "NotTrusted", [
      kept.storePath,
      3,
    ]);
  });

  it("refuses what the policy does not accept, and has no version that was not published", async () => {
    const unknown = { storePath: storePath("never", "hello"), narHash: output.narHash };
    await refuses(
      releases.write.publish([publicationOf("new", "1", { ...output, ...unknown })]),
      "NotTrusted",
      [unknown.storePath, 1],
    );
    const other = { ...output, narHash: hashOf("other") };
    await refuses(releases.write.publish([publicationOf("new", "1", other)]), "WrongHash", [
      ...[output.storePath, other.narHash, output.narHash],
    ]);
    await refuses(releases.read.releaseOf(["new", "1"]), "NotPublished", ["new", "1"]);
    await refuses(releases.read.latest(["new"]), "NoRelease", ["new"]);
    assert.equal(await releases.read.maintainerOf(["new"]), zeroAddress);
  });

  it("distinguishes projects and versions whose concatenated names are equal", async () => {
    await releases.write.publish([publicationOf("ab", "c")]);
    await releases.write.publish([publicationOf("a", "bc")]);
    await refuses(releases.read.releaseOf(["abc", ""]), "NotPublished", ["abc", ""]);
  });

  it("does not let a policy call back", async () => {
    const { abi } = await hre.artifacts.readArtifact("ReenteringPolicy");
    const hostile = await world.chain.deploy("ReenteringPolicy", abi as Abi);
    const releases = await makeReleases(hostile.address);
    const one: Hex = `0x${"1".padStart(64, "0")}`;
    await assert.rejects(releases.write.publish([publicationOf("hello", "1", { ...output, narHash: one })]));
  });

  it("lists the versions, and finds the latest that was not yanked", async () => {
    const versions = ["1", "2", "3"];
    for (const version of versions) {
      await releases.write.publish([publicationOf("listed", version)]);
    }
    assert.equal(await releases.read.releaseCount(["listed"]), 3n);
    const list = async (from: bigint, count: bigint) =>
      (await releases.read.releasesOf(["listed", from, count])).map(({ version }) => version);
    assert.deepEqual(await list(0n, 10n), versions);
    assert.deepEqual(await list(1n, 1n), ["2"]);
    assert.deepEqual(await list(1n, 3n), ["2", "3"]);
    assert.deepEqual(await list(2n, 2n ** 256n - 1n), ["3"]);
    assert.deepEqual(await list(3n, 1n), []);
    assert.deepEqual(await list(2n ** 256n - 1n, 2n ** 256n - 1n), []);
    assert.equal((await releases.read.latest(["listed"])).version, "3");
    for (const [yanked, next] of [
      ["2", "3"],
      ["3", "1"],
    ] as const) {
      await releases.write.yank(["listed", yanked, "CVE"]);
      assert.equal((await releases.read.latest(["listed"])).version, next);
    }
    await releases.write.yank(["listed", "1", "old"]);
    await refuses(releases.read.latest(["listed"]), "NoRelease", ["listed"]);
    assert.deepEqual(await list(0n, 10n), versions);
  });

  it("yanks a version once, with a reason, and never publishes it again", async () => {
    const reason = "overwrites /etc/passwd";
    await releases.write.publish([publicationOf("yanked", "1")]);
    await refuses(releases.write.yank(["yanked", "1", ""]), "NoReason", ["yanked", "1"]);
    await refuses(releases.write.yank(["yanked", "2", reason]), "NotPublished", ["yanked", "2"]);
    const hash = await releases.write.yank(["yanked", "1", reason]);
    await world.chain.viem.assertions.emitWithArgs(hash, releases, "Yanked", [
      keyOf("yanked"),
      "yanked",
      "1",
      reason,
    ]);
    assert.equal((await releases.read.releaseOf(["yanked", "1"])).yankReason, reason);
    await refuses(releases.write.yank(["yanked", "1", "again"]), "AlreadyYanked", ["yanked", "1"]);
    await refuses(releases.write.publish([publicationOf("yanked", "1")]), "AlreadyPublished", [
      "yanked",
      "1",
    ]);
  });

  it("lets only the maintainer publish, yank and offer", async () => {
    await releases.write.publish([publicationOf("mine", "1")]);
    const stranger = { account: account(3) };
    for (const call of [
      () => releases.write.publish([publicationOf("mine", "2")], stranger),
      () => releases.write.yank(["mine", "1", "I say so"], stranger),
      () => releases.write.offer(["mine", account(3)], stranger),
    ]) {
      await refuses(call(), "NotMaintainer", ["mine", account(3)]);
    }
    await refuses(releases.write.offer(["nobody's", account(0)]), "NotMaintainer", ["nobody's", account(0)]);
  });

  it("hands a project over in two steps, and never to nobody", async () => {
    await releases.write.publish([publicationOf("handed", "1")]);
    await refuses(releases.write.offer(["handed", zeroAddress]), "OfferedToZero", ["handed"]);
    const { emitWithArgs } = world.chain.viem.assertions;
    const key = keyOf("handed");
    await emitWithArgs(releases.write.offer(["handed", account(3)]), releases, "Offered", [
      key,
      account(3),
      "handed",
    ]);
    assert.deepEqual(
      [await releases.read.maintainerOf(["handed"]), await releases.read.offeredTo(["handed"])],
      [account(0), account(3)],
    );
    await refuses(releases.write.accept(["handed"], { account: account(4) }), "NotOffered", [
      ...["handed", account(4)],
    ]);
    await releases.write.offer(["handed", account(5)]);
    await refuses(releases.write.accept(["handed"], { account: account(3) }), "NotOffered", [
      ...["handed", account(3)],
    ]);
    const accepted = releases.write.accept(["handed"], { account: account(5) });
    await emitWithArgs(accepted, releases, "Maintained", [key, account(5), "handed"]);
    assert.equal(await releases.read.offeredTo(["handed"]), zeroAddress);
    await refuses(releases.write.accept(["handed"], { account: account(5) }), "NotOffered", [
      ...["handed", account(5)],
    ]);
    await refuses(releases.write.publish([publicationOf("handed", "2")]), "NotMaintainer", [
      ...["handed", account(0)],
    ]);
    await releases.write.publish([publicationOf("handed", "2")], { account: account(5) });
  });

  describe("by a maintainer's signature", () => {
    type Publication = ReturnType<typeof publicationOf>;
    const relayer = () => ({ account: account(9) });
    const FAR = 2n ** 40n;

    /** Signed by an account; `changes` is what the signature says otherwise. */
    async function sign(
      publication: Publication,
      signer = 1,
      changes: { nonce?: bigint; deadline?: bigint; chainId?: number; verifyingContract?: Address } = {},
    ): Promise<Hex> {
      const wallet = world.chain.wallets[signer]!;
      const nonce = changes.nonce ?? (await releases.read.nonces([account(signer)]));
      return wallet.signTypedData({
        domain: {
          name: "Cartenix releases",
          version: "1",
          chainId: changes.chainId ?? (await world.chain.client.getChainId()),
          verifyingContract: changes.verifyingContract ?? releases.address,
        },
        types: PUBLISH_TYPES,
        primaryType: "Publish",
        message: { ...publication, nonce, deadline: changes.deadline ?? FAR },
      });
    }

    const relay = (publication: Publication, signature: Hex, maintainer = account(1), deadline = FAR) =>
      releases.write.publishSigned([publication, maintainer, deadline, signature], relayer());

    it("anyone publishes what the maintainer signed", async () => {
      const first = publicationOf("signed", "1");
      await relay(first, await sign(first));
      assert.equal(await releases.read.maintainerOf(["signed"]), account(1));
      const second = publicationOf("signed", "2");
      await relay(second, await sign(second));
      assert.equal((await releases.read.latest(["signed"])).version, "2");
      assert.equal(await releases.read.nonces([account(1)]), 2n);
    });

    it("not with a word of it changed, nor as another maintainer", async () => {
      const publication = publicationOf("altered", "1");
      const signature = await sign(publication);
      for (const changes of [
        { project: "other" },
        { version: "2" },
        { storePath: storePath("other", "hello") },
        { narHash: hashOf("other") },
      ]) {
        await refuses(relay({ ...publication, ...changes }, signature), "WrongSignature", [account(1)]);
      }
      await refuses(relay(publication, signature, account(2)), "WrongSignature", [account(2)]);
      await refuses(relay(publication, signature, account(1), FAR + 1n), "WrongSignature", [account(1)]);
      await refuses(relay(publication, "0x"), "WrongSignature", [account(1)]);
      await refuses(relay(publication, signature, zeroAddress), "WrongSignature", [zeroAddress]);
      await relay(publication, signature);
    });

    it("not on another chain, nor at another contract", async () => {
      const publication = publicationOf("elsewhere", "1");
      const { address } = await makeReleases(world.policy.address);
      for (const changes of [{ chainId: 1 }, { verifyingContract: address }]) {
        const signature = await sign(publication, 1, changes);
        await refuses(relay(publication, signature), "WrongSignature", [account(1)]);
      }
    });

    it("not twice, nor with a nonce that was used or is to come", async () => {
      const publication = publicationOf("nonces", "1");
      const nonce = await releases.read.nonces([account(1)]);
      for (const wrong of [nonce - 1n, nonce + 1n]) {
        const signature = await sign(publication, 1, { nonce: wrong });
        await refuses(relay(publication, signature), "WrongSignature", [account(1)]);
      }
      const signature = await sign(publication);
      await relay(publication, signature);
      await refuses(relay(publication, signature), "WrongSignature", [account(1)]);
    });

    it("not after its deadline", async () => {
      const publication = publicationOf("late", "1");
      const deadline = (await world.chain.client.getBlock()).timestamp + 100n;
      const signature = await sign(publication, 1, { deadline });
      const { time } = world.chain.networkHelpers;
      const snapshot = await world.chain.networkHelpers.takeSnapshot();
      await time.setNextBlockTimestamp(deadline);
      await relay(publication, signature, account(1), deadline);
      await snapshot.restore();
      await time.setNextBlockTimestamp(deadline + 1n);
      await refuses(relay(publication, signature, account(1), deadline), "Expired", [deadline]);
    });

    it("not after the maintainer voided it", async () => {
      const publication = publicationOf("voided", "1");
      const signature = await sign(publication);
      await releases.write.voidSignature({ account: account(1) });
      await refuses(relay(publication, signature), "WrongSignature", [account(1)]);
    });

    it("not by somebody who does not maintain the project, or does no more", async () => {
      await releases.write.publish([publicationOf("left", "1")], { account: account(1) });
      const second = publicationOf("left", "2");
      const stranger = await sign(second, 2);
      await refuses(relay(second, stranger, account(2)), "NotMaintainer", ["left", account(2)]);
      const signature = await sign(second);
      await releases.write.offer(["left", account(2)], { account: account(1) });
      await releases.write.accept(["left"], { account: account(2) });
      await refuses(relay(second, signature), "NotMaintainer", ["left", account(1)]);
    });
  });
});
