import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { getContractAddress, parseAbi } from "viem";
import { hashOf } from "./support/sampleOutputs.ts";
import { isCoverage, startChain, type TestChain } from "./support/startChain.ts";

const probeAbi = parseAbi([
  "function store(bytes32[] hashes, uint256 nonce)",
  "function hashAt(uint256 nonce, uint256 place) view returns (bytes32)",
  "function timeOf(uint256 nonce) view returns (uint40)",
  "function accountOf(uint256 nonce) view returns (address)",
  "error HashesNotStored()",
]);

/** Where RLP's form of a number changes its length, up to the 5 bytes that the registry keeps. */
const NONCES = [
  1, 2, 0x7f, 0x80, 0xff, 0x100, 0xffff, 0x1_0000, 0xff_ffff, 0x100_0000, 0xffff_ffff, 0x1_0000_0000,
  0xff_ffff_ffff,
];

describe("HashCode", () => {
  let chain: TestChain;
  let probe: Awaited<ReturnType<typeof deployProbe>>;
  const deployProbe = (chain: TestChain) => chain.deploy("HashCodeProbe", probeAbi);

  before(async () => {
    chain = await startChain();
    probe = await deployProbe(chain);
  });

  it("computes the address of each account from its nonce", async () => {
    for (const nonce of NONCES) {
      assert.equal(
        await probe.read.accountOf([BigInt(nonce)]),
        getContractAddress({ from: probe.address, nonce: BigInt(nonce) }),
      );
    }
  });

  it("stores hashes and the time, and reads them back, for nonces of every length", async () => {
    for (const nonce of NONCES) {
      await chain.networkHelpers.setNonce(probe.address, nonce);
      const hashes = [1, 2, 3].map((place) => hashOf(`${nonce} ${place}`));
      await probe.write.store([hashes, BigInt(nonce)]);
      const { timestamp } = await chain.client.getBlock();
      assert.equal(BigInt(await probe.read.timeOf([BigInt(nonce)])), timestamp);
      for (const [place, hash] of hashes.entries()) {
        assert.equal(await probe.read.hashAt([BigInt(nonce), BigInt(place)]), hash);
      }
    }
  });

  it("creates code of a STOP, the time and the hashes, which does nothing when called", async () => {
    const hashes = [hashOf("a"), hashOf("b")];
    const probe = await deployProbe(chain);
    await probe.write.store([hashes, 1n]);
    const account = await probe.read.accountOf([1n]);
    const time = (await chain.client.getBlock()).timestamp.toString(16).padStart(10, "0");
    assert.equal(
      await chain.client.getCode({ address: account }),
      `0x00${time}${hashes.map((hash) => hash.slice(2)).join("")}`,
    );
    assert.deepEqual(await chain.client.call({ to: account, data: "0x12345678" }), { data: undefined });
  });

  it("stores as many hashes as a batch may have", async () => {
    const probe = await deployProbe(chain);
    const hashes = Array.from({ length: 200 }, (_, place) => hashOf(`${place}`));
    await probe.write.store([hashes, 1n]);
    for (const place of [0, 1, 198, 199]) {
      assert.equal(await probe.read.hashAt([1n, BigInt(place)]), hashes[place]);
    }
  });

  it("refuses a nonce that is not the creator's", async () => {
    const probe = await deployProbe(chain);
    const { revertWithCustomError } = chain.viem.assertions;
    await revertWithCustomError(probe.write.store([[hashOf("")], 2n]), probe, "HashesNotStored");
  });

  it("refuses more than the code of one account can hold", async function () {
    if (isCoverage) {
      this.skip();
    }
    const probe = await deployProbe(chain);
    const { revertWithCustomError } = chain.viem.assertions;
    const tooMany = Array.from({ length: 1_000 }, () => hashOf(""));
    await revertWithCustomError(probe.write.store([tooMany, 1n]), probe, "HashesNotStored");
  });
});
