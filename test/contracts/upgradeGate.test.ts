import assert from "node:assert/strict";
import hre from "hardhat";
import { before, describe, it } from "mocha";
import {
  type Address,
  bytesToHex,
  encodeAbiParameters,
  getAddress,
  type Hex,
  hexToBytes,
  parseAbi,
  parseEther,
  zeroAddress,
} from "viem";
import { encodeNar, narHash } from "../../nix/index.ts";
import { helloOutput, storePath } from "./support/sampleOutputs.ts";
import { startTrust } from "./support/startApplications.ts";

const gateAbi = parseAbi([
  "constructor(address policy, address governor)",
  "function upgradeToBuild(string storePath, bytes creationCode) returns (address)",
  "function implementation() view returns (address)",
  "function policy() view returns (address)",
  "function governor() view returns (address)",
  "event Upgraded(address indexed implementation)",
  "event Built(address indexed implementation, string storePath, bytes32 narHash)",
  "error NotGovernor(address caller)",
  "error NotDeployed(string storePath)",
  "error NoImplementation()",
  "error NotTrusted(string storePath, uint8 verdict)",
  "error WrongHash(string storePath, bytes32 narHash, bytes32 acceptedHash)",
]);

const greeterAbi = parseAbi([
  "function add(uint256 by) payable returns (uint256)",
  "function count() view returns (uint256)",
  "function refuse() view",
  "error Unwelcome(address caller)",
]);

describe("UpgradeGate", () => {
  let world: Awaited<ReturnType<typeof startTrust>>;
  let gate: Awaited<ReturnType<typeof makeGate>>;
  let creationCode: Hex;
  const makeGate = (governor: Address) =>
    world.chain.deploy("UpgradeGate", gateAbi, [world.policy.address, governor]);
  const governor = () => world.chain.wallets[0]!.account.address;

  before(async () => {
    world = await startTrust();
    gate = await makeGate(governor());
    creationCode = (await hre.artifacts.readArtifact("Greeter")).bytecode as Hex;
  });

  /** Lets the trusted application record a file with these bytes as an output. */
  async function recordFile(name: string, contents: Hex): Promise<string> {
    const nar = encodeNar({ kind: "regular", executable: false, contents: hexToBytes(contents) });
    const output = helloOutput(name, {
      storePath: storePath(name, "greeter.bin"),
      narHash: bytesToHex(narHash(nar).sha256),
      narSize: BigInt(nar.length),
    });
    await world.recordAs(world.builder, [output]);
    return output.storePath;
  }

  it("delegates nothing before the first upgrade", async () => {
    const greeter = world.chain.contractAt(gate.address, greeterAbi);
    await world.chain.viem.assertions.revertWithCustomError(
      greeter.read.count() as never,
      gate,
      "NoImplementation",
    );
    assert.equal(await gate.read.implementation(), zeroAddress);
    assert.deepEqual(
      [await gate.read.policy(), await gate.read.governor()],
      [getAddress(world.policy.address), getAddress(governor())],
    );
  });

  it("runs the code of a build that the policy accepts", async () => {
    const path = await recordFile("first", creationCode);
    const hash = await gate.write.upgradeToBuild([path, creationCode]);
    const implementation = await gate.read.implementation();
    const { emitWithArgs } = world.chain.viem.assertions;
    await emitWithArgs(hash, gate, "Upgraded", [implementation]);
    const nar = encodeNar({ kind: "regular", executable: false, contents: hexToBytes(creationCode) });
    await emitWithArgs(hash, gate, "Built", [implementation, path, bytesToHex(narHash(nar).sha256)]);
    const deployed = (await hre.artifacts.readArtifact("Greeter")).deployedBytecode;
    assert.equal(await world.chain.client.getCode({ address: implementation }), deployed);

    const greeter = world.chain.contractAt(gate.address, greeterAbi);
    await greeter.write.add([41n], { value: 1n });
    await greeter.write.add([1n]);
    assert.equal(await greeter.read.count(), 42n);
    await world.chain.viem.assertions.revertWithCustomError(
      greeter.read.refuse() as never,
      greeter,
      "Unwelcome",
    );
    await world.chain.wallets[1]!.sendTransaction({ to: gate.address, value: parseEther("1") });
    assert.equal(await world.chain.client.getBalance({ address: gate.address }), parseEther("1") + 1n);
  });

  it("keeps the proxy's storage across an upgrade", async () => {
    const next = `${creationCode}00` as Hex;
    await gate.write.upgradeToBuild([await recordFile("next", next), next]);
    assert.equal(await world.chain.contractAt(gate.address, greeterAbi).read.count(), 42n);
  });

  it("refuses code other than the build's, a path without a build, and a contested path", async () => {
    const { revertWithCustomError, revertWithCustomErrorWithArgs } = world.chain.viem.assertions;
    const path = await recordFile("strict", creationCode);
    const other = `${creationCode}01` as Hex;
    await revertWithCustomError(gate.write.upgradeToBuild([path, other]), gate, "WrongHash");
    const unknown = storePath("unknown", "greeter.bin");
    await revertWithCustomErrorWithArgs(
      gate.write.upgradeToBuild([unknown, creationCode]),
      gate,
      "NotTrusted",
      [unknown, 1],
    );
    await recordFile("strict", other);
    await revertWithCustomErrorWithArgs(gate.write.upgradeToBuild([path, creationCode]), gate, "NotTrusted", [
      path,
      3,
    ]);
  });

  it("lets only the governor choose", async () => {
    const path = await recordFile("stranger", creationCode);
    const stranger = world.chain.wallets[4]!.account.address;
    await world.chain.viem.assertions.revertWithCustomErrorWithArgs(
      gate.write.upgradeToBuild([path, creationCode], { account: stranger }),
      gate,
      "NotGovernor",
      [getAddress(stranger)],
    );
  });

  it("refuses a build that is not a contract's creation code", async () => {
    const { revertWithCustomErrorWithArgs } = world.chain.viem.assertions;
    for (const code of ["0x", "0xfe", "0x5f5ff3"] as const) {
      const path = await recordFile(`no contract ${code}`, code);
      await revertWithCustomErrorWithArgs(gate.write.upgradeToBuild([path, code]), gate, "NotDeployed", [
        path,
      ]);
    }
  });

  it("does not let a build call back while it is deployed", async () => {
    const path = await recordFile("inner", creationCode);
    const { bytecode } = await hre.artifacts.readArtifact("Reenterer");
    const args = encodeAbiParameters(
      [{ type: "address" }, { type: "string" }, { type: "bytes" }],
      [gate.address, path, creationCode],
    );
    const outer = `${bytecode}${args.slice(2)}` as Hex;
    const outerPath = await recordFile("outer", outer);
    const before = await gate.read.implementation();
    await world.chain.viem.assertions.revertWithCustomErrorWithArgs(
      gate.write.upgradeToBuild([outerPath, outer]),
      gate,
      "NotDeployed",
      [outerPath],
    );
    assert.equal(await gate.read.implementation(), before);
  });
});
