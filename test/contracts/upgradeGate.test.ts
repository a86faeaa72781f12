import assert from "node:assert/strict";
import hre from "hardhat";
import { before, describe, it } from "mocha";
import {
  type Abi,
  type Address,
  bytesToHex,
  encodeAbiParameters,
  encodeFunctionData,
  getAddress,
  getContractAddress,
  type Hex,
  hexToBytes,
  keccak256,
  pad,
  parseAbi,
  parseEther,
  zeroAddress,
  zeroHash,
} from "viem";
import { encodeNar, narHash } from "../../nix/index.ts";
import { hashOf, helloOutput, storePath } from "./support/sampleOutputs.ts";
import { startTrust } from "./support/startApplications.ts";

const DELAY_SECONDS = 86_400;

const gateAbi = parseAbi([
  "constructor(address policy, address governor, uint32 delay)",
  "function announce(string storePath, bytes32 narHash, bytes data)",
  "function withdraw()",
  "function upgrade(string storePath, bytes creationCode, bytes data) payable returns (address)",
  "function announcement() view returns (bytes32 digest, uint256 readyAt)",
  "function proxy() view returns (address)",
  "function policy() view returns (address)",
  "function delay() view returns (uint256)",
  "function owner() view returns (address)",
  "function pendingOwner() view returns (address)",
  "function transferOwnership(address owner)",
  "function acceptOwnership()",
  "function renounceOwnership()",
  "event Announced(string storePath, bytes32 narHash, bytes data, uint256 indexed readyAt)",
  "event Withdrawn()",
  "event Built(address indexed implementation, string storePath, bytes32 narHash)",
  "error NotAnnounced(string storePath, bytes32 narHash)",
  "error TooEarly(uint256 readyAt)",
  "error NotDeployed(string storePath)",
  "error NotTrusted(string storePath, uint8 verdict)",
  "error WrongHash(string storePath, bytes32 narHash, bytes32 acceptedHash)",
  "error OwnableUnauthorizedAccount(address account)",
  "error OwnableInvalidOwner(address owner)",
  "error ERC1967NonPayable()",
]);

/** What stands at the proxy's address: an implementation's functions and OpenZeppelin's event. */
const proxyAbi = parseAbi([
  "event Upgraded(address indexed implementation)",
  "error NoImplementation()",
  "error OnlyUpgrades()",
  "function add(uint256 by) payable returns (uint256)",
  "function initialize(address host) payable",
  "function count() view returns (uint256)",
  "function host() view returns (address)",
  "function refuse() view",
  "error Unwelcome(address caller)",
]);

const shadowAbi = parseAbi([
  "function implementation() view returns (uint256)",
  "function admin() view returns (uint256)",
  "function owner() view returns (uint256)",
  "function policy() view returns (uint256)",
  "function upgradeToAndCall(address implementation, bytes data) view returns (uint256)",
]);

/** ERC-1967's slots. */
const IMPLEMENTATION_SLOT = "0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc";
const ADMIN_SLOT = "0xb53127684a568b3173ae13b9f8a6016e243e63b6e8ee1178d6a717850b5d6103";

/**
 * Creation code of a contract that calls the address in its call data without data; called without data it destroys itself:
 * `calldatasize() == 0 ? selfdestruct(caller()) : call(calldataload(0))`.
 */
const VANISHING: Hex = "0x703660065733ff5b5f5f5f5f5f5f355af1005f526011600ff3";

describe("UpgradeGate", () => {
  let world: Awaited<ReturnType<typeof startTrust>>;
  let gate: Gate;
  let creationCode: Hex;

  type Gate = Awaited<ReturnType<typeof makeGate>>;
  const makeGate = async (governor = account(0), delay = DELAY_SECONDS) => {
    const gate = await world.chain.deploy("UpgradeGate", gateAbi, [world.policy.address, governor, delay]);
    return { ...gate, proxy: world.chain.contractAt(await gate.read.proxy(), proxyAbi) };
  };
  const account = (index: number) => getAddress(world.chain.wallets[index]!.account.address);
  const bytecodeOf = async (name: string) => (await hre.artifacts.readArtifact(name)).bytecode as Hex;
  const passDelay = () => world.chain.networkHelpers.time.increase(DELAY_SECONDS);
  const refuses = (call: Promise<unknown>, error: string, args: unknown[], abi: Abi = gateAbi) =>
    world.chain.viem.assertions.revertWithCustomErrorWithArgs(
      call as never,
      { address: gate.address, abi } as never,
      error as never,
      args as never,
    );
  const initializeFor = (host: Address) =>
    encodeFunctionData({ abi: proxyAbi, functionName: "initialize", args: [host] });
  const implementationOf = async ({ proxy }: Gate) => slotOf(proxy.address, IMPLEMENTATION_SLOT);
  const slotOf = async (address: Address, slot: Hex) =>
    getAddress(`0x${(await world.chain.client.getStorageAt({ address, slot }))!.slice(26)}`);

  before(async () => {
    world = await startTrust();
    gate = await makeGate();
    creationCode = await bytecodeOf("Greeter");
  });

  function hashOfFile(contents: Hex): Hex {
    const nar = encodeNar({ kind: "regular", executable: false, contents: hexToBytes(contents) });
    return bytesToHex(narHash(nar).sha256);
  }

  /** Lets the trusted application record a file with these bytes as an output. */
  async function recordFile(name: string, contents: Hex): Promise<string> {
    const path = storePath(name, "greeter.bin");
    await world.recordAs(world.builder, [
      helloOutput(name, { storePath: path, narHash: hashOfFile(contents) }),
    ]);
    return path;
  }

  /** Records a file, announces it, and waits until the delay has passed. */
  async function prepare(on: Gate, name: string, contents: Hex, data: Hex = "0x"): Promise<string> {
    const path = await recordFile(name, contents);
    await on.write.announce([path, hashOfFile(contents), data]);
    await passDelay();
    return path;
  }

  it("shows its policy, governor and delay, and the proxy shows the gate as its admin", async () => {
    assert.deepEqual(
      [await gate.read.policy(), await gate.read.owner(), await gate.read.delay()],
      [getAddress(world.policy.address), account(0), BigInt(DELAY_SECONDS)],
    );
    assert.equal(await slotOf(gate.proxy.address, ADMIN_SLOT), getAddress(gate.address));
    assert.deepEqual(await gate.read.announcement(), [zeroHash, 0n]);
  });

  it("delegates nothing before the first upgrade", async () => {
    await refuses(gate.proxy.read.count(), "NoImplementation", [], proxyAbi);
    const payment = world.chain.wallets[1]!.sendTransaction({ to: gate.proxy.address, value: 1n });
    await refuses(payment, "NoImplementation", [], proxyAbi);
    assert.equal(await implementationOf(gate), zeroAddress);
  });

  it("runs the code of a build that the policy accepts", async () => {
    const path = await prepare(gate, "first", creationCode);
    const hash = await gate.write.upgrade([path, creationCode, "0x"]);
    const implementation = await implementationOf(gate);
    const { emitWithArgs } = world.chain.viem.assertions;
    await emitWithArgs(hash, gate.proxy, "Upgraded", [implementation]);
    await emitWithArgs(hash, gate, "Built", [implementation, path, hashOfFile(creationCode)]);
    const deployed = (await hre.artifacts.readArtifact("Greeter")).deployedBytecode;
    assert.equal(await world.chain.client.getCode({ address: implementation }), deployed);

    const { proxy } = gate;
    await proxy.write.add([41n], { value: 1n });
    await proxy.write.add([1n]);
    assert.equal(await proxy.read.count(), 42n);
    await refuses(proxy.read.refuse(), "Unwelcome", [account(0)], proxyAbi);
    await world.chain.wallets[1]!.sendTransaction({ to: proxy.address, value: parseEther("1") });
    assert.equal(await world.chain.client.getBalance({ address: proxy.address }), parseEther("1") + 1n);
  });

  it("keeps the proxy's storage across an upgrade", async () => {
    const next = `${creationCode}00` as Hex;
    await gate.write.upgrade([await prepare(gate, "next", next), next, "0x"]);
    assert.equal(await gate.proxy.read.count(), 42n);
  });

  it("announces a build with its call, and upgrades only after the delay", async () => {
    const path = await recordFile("delayed", creationCode);
    const data = initializeFor(account(2));
    const hash = await gate.write.announce([path, hashOfFile(creationCode), data]);
    const readyAt = (await world.chain.client.getBlock()).timestamp + BigInt(DELAY_SECONDS);
    const { emitWithArgs } = world.chain.viem.assertions;
    await emitWithArgs(hash, gate, "Announced", [path, hashOfFile(creationCode), data, readyAt]);
    const types = [{ type: "string" }, { type: "bytes32" }, { type: "bytes" }] as const;
    const digest = keccak256(encodeAbiParameters(types, [path, hashOfFile(creationCode), data]));
    assert.deepEqual(await gate.read.announcement(), [digest, readyAt]);

    await refuses(gate.write.upgrade([path, creationCode, data]), "TooEarly", [readyAt]);
    const { time } = world.chain.networkHelpers;
    await time.setNextBlockTimestamp(readyAt - 1n);
    await refuses(gate.write.upgrade([path, creationCode, data]), "TooEarly", [readyAt]);
    await time.setNextBlockTimestamp(readyAt);
    await gate.write.upgrade([path, creationCode, data]);
    assert.equal(await gate.proxy.read.host(), account(2));
    assert.deepEqual(await gate.read.announcement(), [zeroHash, 0n]);
  });

  it("lets nobody initialise the new implementation before the announced call does", async () => {
    const gate = await makeGate();
    const path = await prepare(gate, "front-run", creationCode, initializeFor(account(0)));
    const { provider, networkHelpers, wallets, client } = world.chain;
    const attack = (gas: bigint) =>
      wallets[4]!.sendTransaction({
        ...{ to: gate.proxy.address, data: initializeFor(account(4)), gas: 100_000n },
        ...{ maxFeePerGas: gas, maxPriorityFeePerGas: gas },
      });
    await provider.request({ method: "evm_setAutomine", params: [false] });
    let attacks: Hex[];
    try {
      attacks = [await attack(parseEther("0.000001"))];
      const fees = { maxFeePerGas: parseEther("0.0000001"), maxPriorityFeePerGas: parseEther("0.0000001") };
      await gate.write.upgrade([path, creationCode, initializeFor(account(0))], { gas: 3_000_000n, ...fees });
      attacks.push(await attack(parseEther("0.00000001")));
      await networkHelpers.mine();
    } finally {
      await provider.request({ method: "evm_setAutomine", params: [true] });
    }
    for (const hash of attacks) {
      assert.equal((await client.getTransactionReceipt({ hash })).status, "reverted");
    }
    assert.equal(await gate.proxy.read.host(), account(0));
  });

  it("makes no other call than the announced one, and passes its ether on", async () => {
    const gate = await makeGate();
    const data = initializeFor(account(1));
    const path = await prepare(gate, "its call", creationCode, data);
    for (const other of [initializeFor(account(2)), "0x"] as const) {
      const call = gate.write.upgrade([path, creationCode, other]);
      await refuses(call, "NotAnnounced", [path, hashOfFile(creationCode)]);
    }
    await gate.write.upgrade([path, creationCode, data], { value: 7n });
    assert.equal(await world.chain.client.getBalance({ address: gate.proxy.address }), 7n);
    const silent = await prepare(gate, "no call", creationCode);
    await refuses(gate.write.upgrade([silent, creationCode, "0x"], { value: 7n }), "ERC1967NonPayable", []);
  });

  it("stays as it was when the announced call reverts", async () => {
    const gate = await makeGate();
    const data = encodeFunctionData({ abi: proxyAbi, functionName: "refuse" });
    const path = await prepare(gate, "refusing", creationCode, data);
    const announced = await gate.read.announcement();
    const call = gate.write.upgrade([path, creationCode, data]);
    await refuses(call, "Unwelcome", [getAddress(gate.address)], proxyAbi);
    assert.equal(await implementationOf(gate), zeroAddress);
    assert.deepEqual(await gate.read.announcement(), announced);
  });

  it("refuses to announce what the policy does not accept", async () => {
    const path = await recordFile("strict", creationCode);
    const narHash = hashOfFile(creationCode);
    await refuses(gate.write.announce([path, hashOf("other"), "0x"]), "WrongHash", [
      path,
      hashOf("other"),
      narHash,
    ]);
    const unknown = storePath("unknown", "greeter.bin");
    await refuses(gate.write.announce([unknown, narHash, "0x"]), "NotTrusted", [unknown, 1]);
  });

  it("refuses code other than the build's, and a build that was contradicted during the delay", async () => {
    const path = await prepare(gate, "contradicted", creationCode);
    const other = `${creationCode}01` as Hex;
    await refuses(gate.write.upgrade([path, other, "0x"]), "NotAnnounced", [path, hashOfFile(other)]);
    await recordFile("contradicted", other);
    await refuses(gate.write.upgrade([path, creationCode, "0x"]), "NotTrusted", [path, 3]);
  });

  it("upgrades once for an announcement, and only to the last one", async () => {
    const path = await prepare(gate, "once", creationCode);
    await gate.write.upgrade([path, creationCode, "0x"]);
    const narHash = hashOfFile(creationCode);
    await refuses(gate.write.upgrade([path, creationCode, "0x"]), "NotAnnounced", [path, narHash]);

    await prepare(gate, "once", creationCode);
    await prepare(gate, "replaced by", creationCode);
    await refuses(gate.write.upgrade([path, creationCode, "0x"]), "NotAnnounced", [path, narHash]);

    await prepare(gate, "once", creationCode);
    await world.chain.viem.assertions.emit(gate.write.withdraw(), gate, "Withdrawn");
    await refuses(gate.write.upgrade([path, creationCode, "0x"]), "NotAnnounced", [path, narHash]);
  });

  it("lets only the governor announce, withdraw and upgrade", async () => {
    const path = await prepare(gate, "stranger", creationCode);
    const stranger = { account: account(4) };
    for (const call of [
      () => gate.write.announce([path, hashOfFile(creationCode), "0x"], stranger),
      () => gate.write.withdraw(stranger),
      () => gate.write.upgrade([path, creationCode, "0x"], stranger),
      () => gate.write.transferOwnership([account(4)], stranger),
      () => gate.write.acceptOwnership(stranger),
    ]) {
      await refuses(call(), "OwnableUnauthorizedAccount", [account(4)]);
    }
    await refuses(makeGate(zeroAddress), "OwnableInvalidOwner", [zeroAddress]);
  });

  it("hands the governor over in two steps", async () => {
    const gate = await makeGate();
    await gate.write.transferOwnership([account(5)]);
    assert.deepEqual([await gate.read.owner(), await gate.read.pendingOwner()], [account(0), account(5)]);
    await gate.write.acceptOwnership({ account: account(5) });
    assert.equal(await gate.read.owner(), account(5));
    await refuses(gate.write.withdraw(), "OwnableUnauthorizedAccount", [account(0)]);
    await gate.write.renounceOwnership({ account: account(5) });
    await refuses(gate.write.withdraw({ account: account(5) }), "OwnableUnauthorizedAccount", [account(5)]);
  });

  it("has no selectors of its own at the proxy's address", async () => {
    const gate = await makeGate();
    const shadow = await bytecodeOf("Shadow");
    await gate.write.upgrade([await prepare(gate, "shadow", shadow), shadow, "0x"]);
    const proxy = world.chain.contractAt(gate.proxy.address, shadowAbi);
    for (const as of [account(0), account(4)]) {
      const options = { account: as };
      assert.deepEqual(
        [
          await proxy.read.implementation(options),
          await proxy.read.admin(options),
          await proxy.read.owner(options),
          await proxy.read.policy(options),
          await proxy.read.upgradeToAndCall([account(4), "0x"], options),
        ],
        [1n, 2n, 3n, 4n, 5n],
      );
    }
    await refuses(
      proxy.read.owner({ account: gate.address }) as Promise<unknown>,
      "OnlyUpgrades",
      [],
      proxyAbi,
    );
  });

  it("refuses a build that is not a contract's creation code", async () => {
    for (const code of ["0x", "0xfe", "0x5f5ff3"] as const) {
      const path = await prepare(gate, `no contract ${code}`, code);
      await refuses(gate.write.upgrade([path, code, "0x"]), "NotDeployed", [path]);
    }
  });

  it("delegates nothing to an implementation that destroyed itself as it was created", async () => {
    const gate = await makeGate();
    const nonce = BigInt(await world.chain.client.getTransactionCount({ address: gate.address }));
    const implementation = getContractAddress({ from: gate.address, nonce });
    const path = await prepare(gate, "vanishing", VANISHING, pad(implementation));
    await gate.write.upgrade([path, VANISHING, pad(implementation)]);
    assert.equal(await implementationOf(gate), implementation);
    assert.equal(await world.chain.client.getCode({ address: implementation }), undefined);
    await refuses(gate.proxy.read.count(), "NoImplementation", [], proxyAbi);
  });

  it("does not let a build upgrade again while it is deployed, even as the governor", async () => {
    const gate = await makeGate();
    const path = storePath("reenterer", "greeter.bin");
    const args = encodeAbiParameters(
      [{ type: "address" }, { type: "string" }, { type: "bytes" }],
      [gate.address, path, creationCode],
    );
    const reenterer = `${await bytecodeOf("Reenterer")}${args.slice(2)}` as Hex;
    assert.equal(await prepare(gate, "reenterer", reenterer), path);
    const nonce = BigInt(await world.chain.client.getTransactionCount({ address: gate.address }));
    await gate.write.transferOwnership([getContractAddress({ from: gate.address, nonce })]);
    await refuses(gate.write.upgrade([path, reenterer, "0x"]), "NotDeployed", [path]);
    assert.equal(await implementationOf(gate), zeroAddress);
  });
});
