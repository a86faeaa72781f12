import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import {
  type Address,
  encodeFunctionData,
  getAddress,
  type Hex,
  pad,
  parseAbi,
  toHex,
  zeroAddress,
} from "viem";
import { authorityAbi } from "../../abi/index.ts";
import { viewGas } from "../../bench/gas/viewGas.ts";
import { startApplications } from "./support/startApplications.ts";
import { areAltered } from "./support/startChain.ts";

const probeAbi = parseAbi(["function ownerOf(address consensus) view returns (address)"]);
const UNKNOWN = "0xFFfFfFffFFfffFFfFFfFFFFFffFFFffffFfFFFfF";

describe("ConsensusOwner", () => {
  let world: Awaited<ReturnType<typeof startApplications>>;
  let probe: Awaited<ReturnType<typeof deployProbe>>;
  const deployProbe = () => world.chain.deploy("ConsensusOwnerProbe", probeAbi);
  /** A contract with this runtime code. */
  const deployRaw = async (code: Hex) => {
    const length = (code.length / 2 - 1).toString(16).padStart(2, "0");
    return (await world.chain.deployCode([], `0x60${length}8060095f395ff3${code.slice(2)}`)).address;
  };

  before(async () => {
    world = await startApplications();
    probe = await deployProbe();
  });

  it("is the claimer of an Authority, whoever that is now", async () => {
    const [first, second] = world.chain.wallets.map(({ account }) => getAddress(account.address));
    const authority = world.chain.contractAt(await world.makeAuthority(), authorityAbi);
    assert.equal(await probe.read.ownerOf([authority.address]), first);
    await authority.write.transferOwnership([second!]);
    assert.equal(await probe.read.ownerOf([authority.address]), second);
    await authority.write.renounceOwnership({ account: second! });
    assert.equal(await probe.read.ownerOf([authority.address]), zeroAddress);
  });

  it("is nobody for a Quorum, and for an address without code", async () => {
    assert.equal(await probe.read.ownerOf([world.quorum]), zeroAddress);
    assert.equal(await probe.read.ownerOf([world.chain.wallets[5]!.account.address]), zeroAddress);
  });

  const hostile: [string, Hex, Address][] = [
    ["31 bytes", "0x601f5ff3", UNKNOWN],
    ["a word that is no address", "0x5f195f5260205ff3", UNKNOWN],
    ["nothing", "0x00", zeroAddress],
    ["20,000 zero bytes", "0x614e205ff3", zeroAddress],
    ["a revert with 20,000 bytes", "0x614e205ffd", zeroAddress],
    ["an endless loop", "0x5b5f56", zeroAddress],
  ];

  it("asks with 30,000 gas and the selector alone, whatever the caller has", async () => {
    // They return gas() and calldatasize(); gas() takes 2 itself.
    const [gas, size] = ["0x5a5f5260205ff3", "0x365f5260205ff3"] as const;
    assert.equal(await probe.read.ownerOf([await deployRaw(gas)]), pad(toHex(29_998), { size: 20 }));
    assert.equal(await probe.read.ownerOf([await deployRaw(size)]), pad("0x04", { size: 20 }));
  });

  it("is nobody if the consensus reverts, whatever it reverts with", async () => {
    // caller() as a word
    assert.equal(await probe.read.ownerOf([await deployRaw("0x335f5260205ffd")]), zeroAddress);
  });

  for (const [answer, code, owner] of hostile) {
    it(`bounds what it asks: ${answer}`, async () => {
      const consensus = await deployRaw(code);
      assert.equal(await probe.read.ownerOf([consensus]), owner);
      if (!areAltered) {
        const data = encodeFunctionData({ abi: probeAbi, functionName: "ownerOf", args: [consensus] });
        const gas = await viewGas(world.chain, probe.address, data);
        assert.ok(gas < 34_000, `${gas} gas`);
      }
    });
  }
});
