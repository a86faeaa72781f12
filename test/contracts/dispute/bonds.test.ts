import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import {
  type Address,
  encodeFunctionData,
  getAddress,
  type Hex,
  parseAbi,
  parseEventLogs,
  zeroAddress,
} from "viem";
import { disputeConsensusAbi } from "../../../abi/index.ts";
import type { ModelInput } from "./support/modelMachine.ts";
import { BOND, startDispute, type TestDispute } from "./support/startDispute.ts";

const BUILD: ModelInput = { ending: "accepted", cycles: 1_000n };
const GAS = 10_000_000n;
const MANNERS = { take: 0, refuse: 1, burnGas: 2, call: 3 };

const receiverAbi = parseAbi([
  "event CallFailed(bytes reason)",
  "function setManner(uint8 manner, address target, bytes data)",
  "function call(address target, bytes data) payable",
]);

describe("A dispute's bonds", () => {
  let dispute: TestDispute;
  let consensus: TestDispute["consensus"];
  let claimer: Address;
  let challenger: Address;
  let stranger: Address;

  before(async () => {
    dispute = await startDispute();
    consensus = dispute.consensus;
    [, claimer, challenger, stranger] = dispute.accounts as [Address, Address, Address, Address];
  });

  const refused = (call: Promise<unknown>, name: "NothingOwed" | "PaymentRefused", account: Address) =>
    dispute.chain.viem.assertions.revertWithCustomErrorWithArgs(call as Promise<Hex>, consensus, name, [
      account,
    ]);
  const withdraw = (account: Address) => consensus.write.withdraw([account], { account: stranger, gas: GAS });
  const balanceOf = (address: Address) => dispute.chain.client.getBalance({ address });
  const owedTo = (account: Address) => consensus.read.owed([account]);
  /** Lets an account lose a challenge against another's right claim, which is then accepted and released. */
  async function payOut(pays: Address, isPaid: Address) {
    const epoch = await dispute.openEpoch([BUILD]);
    const claimId = await dispute.claim(epoch, epoch.trace, isPaid);
    const gameId = await dispute.challenge(claimId, pays);
    await dispute.mineTo((await dispute.chain.client.getBlockNumber({ cacheTime: 0 })) + 40n);
    await consensus.write.endByTimeout([gameId], { gas: GAS });
    await dispute.mineTo((await consensus.read.epochOf([epoch.application])).challengesUntil);
    await consensus.write.accept([claimId], { gas: GAS });
    await consensus.write.releaseClaim([claimId], { gas: GAS });
  }

  it("are paid to whom they are owed, whoever asks for it", async () => {
    await payOut(challenger, claimer);
    const amount = BOND + (BOND * 3n) / 4n;
    assert.equal(await owedTo(claimer), amount);
    const before = await balanceOf(claimer);
    const [event, ...more] = await dispute.eventsOf(withdraw(claimer));
    assert.deepEqual([event!.eventName, event!.args], ["Withdrawn", { account: claimer, amount }]);
    assert.equal(more.length, 0);
    assert.equal((await balanceOf(claimer)) - before, amount);
    assert.equal(await owedTo(claimer), 0n);
    await refused(withdraw(claimer), "NothingOwed", claimer);
    await refused(withdraw(zeroAddress), "NothingOwed", zeroAddress);
  });

  it("of losers are burnt in part, at an address without a key", async () => {
    const burnt = await consensus.read.BURNT();
    assert.equal(burnt, "0x000000000000000000000000000000000000dEaD");
    assert.equal(await owedTo(burnt), BOND / 4n);
    await withdraw(burnt);
    assert.equal(await balanceOf(burnt), BOND / 4n);
    assert.equal(await dispute.balance(), 0n);
  });

  it("of an odd size leave nothing behind", async () => {
    const odd = await startDispute({ bond: 7n });
    const epoch = await odd.openEpoch([BUILD]);
    const gameId = await odd.challenge(await odd.claim(epoch, epoch.trace), odd.accounts[2]!);
    await odd.mineTo((await odd.chain.client.getBlockNumber({ cacheTime: 0 })) + 40n);
    await odd.consensus.write.endByTimeout([gameId], { gas: GAS });
    assert.equal(await odd.consensus.read.owed([odd.accounts[1]!]), 6n);
    assert.equal(await odd.consensus.read.owed([await odd.consensus.read.BURNT()]), 1n);
    assert.equal(await odd.balance(), 14n);
  });

  it("are not taken without a claim or a challenge", async () => {
    const wallet = dispute.chain.wallets[3]!;
    await assert.rejects(wallet.sendTransaction({ to: consensus.address, value: 1n, gas: GAS }));
    const data = encodeFunctionData({ abi: disputeConsensusAbi, functionName: "withdraw", args: [claimer] });
    await assert.rejects(wallet.sendTransaction({ to: consensus.address, value: 1n, data, gas: GAS }));
    assert.equal(await dispute.balance(), 0n);
  });

  describe("owed to a contract", () => {
    let receiver: Awaited<ReturnType<typeof deployReceiver>>;
    const deployReceiver = () => dispute.chain.deploy("HostileReceiver", receiverAbi);
    const setManner = (manner: number, data: Hex = "0x") =>
      receiver.write.setManner([manner, consensus.address, data], { gas: GAS });

    before(async () => {
      receiver = await deployReceiver();
      const account = getAddress(receiver.address);
      const epoch = await dispute.openEpoch([BUILD]);
      const { state, root } = epoch.trace.end;
      const data = encodeFunctionData({
        abi: disputeConsensusAbi,
        functionName: "claim",
        args: [epoch.application, epoch.epochId, state, root],
      });
      const hash = receiver.write.call([consensus.address, data], { value: BOND, gas: GAS });
      const events = await dispute.eventsOf(hash);
      const { claimId, claimer: itself } = events.find(({ eventName }) => eventName === "StateClaimed")!
        .args as {
        claimId: Hex;
        claimer: Address;
      };
      assert.equal(itself, account);
      await dispute.mineTo((await consensus.read.epochOf([epoch.application])).challengesUntil);
      await consensus.write.accept([claimId], { gas: GAS });
      await consensus.write.releaseClaim([claimId], { gas: GAS });
    });

    it("wait if it refuses them, or burns all gas", async () => {
      const account = getAddress(receiver.address);
      for (const manner of [MANNERS.refuse, MANNERS.burnGas]) {
        await setManner(manner);
        await refused(withdraw(account), "PaymentRefused", account);
        assert.equal(await owedTo(account), BOND);
      }
    });

    it("do not hinder others meanwhile", async () => {
      await payOut(challenger, claimer);
      await withdraw(claimer);
    });

    it("are paid once, even if it calls back", async () => {
      const account = getAddress(receiver.address);
      await payOut(challenger, claimer);
      const again = encodeFunctionData({
        abi: disputeConsensusAbi,
        functionName: "withdraw",
        args: [account],
      });
      await setManner(MANNERS.call, again);
      const balance = await dispute.balance();
      const hash = await withdraw(account);
      const { logs } = await dispute.chain.client.getTransactionReceipt({ hash });
      const failures = parseEventLogs({ abi: receiverAbi, logs, eventName: "CallFailed" });
      assert.equal(failures.length, 1);
      assert.equal(await balanceOf(account), BOND);
      assert.equal(await dispute.balance(), balance - BOND);
      assert.equal(await owedTo(account), 0n);
    });
  });
});
