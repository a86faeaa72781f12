import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "mocha";
import { type Hex, keccak256, parseGwei, parseTransaction } from "viem";
import { mnemonicToAccount } from "viem/accounts";
import { type SignedTransaction, type SubmittedInput, submitRequests } from "../../client/index.ts";
import type { Deployment } from "../../protocol/deployments/index.ts";
import { type Rollup, startRollup } from "../indexer/support/startRollup.ts";

const account = mnemonicToAccount("test test test test test test test test test test test junk", {
  addressIndex: 1,
});
const PAYLOADS: readonly Hex[] = ["0x01", "0x02"];
const RAISE_AFTER_MS = 200;

describe("submitRequests on a chain that does not mine", function () {
  this.timeout(120_000);
  let rollup: Rollup;
  let deployment: Deployment;
  let signed: SignedTransaction[];
  let raised: number[];
  let controller: AbortController;
  let nonceBefore: number;

  before(async () => {
    rollup = await startRollup();
    deployment = await rollup.deploy();
  });
  after(() => rollup?.stop());

  beforeEach(async () => {
    [signed, raised, controller] = [[], [], new AbortController()];
    nonceBefore = await nonceOfSender();
    await rollup.client.setAutomine(false);
  });
  afterEach(() => rollup.client.setAutomine(true));

  const nonceOfSender = () => rollup.client.getTransactionCount({ address: account.address });
  const submit = (earlier: readonly SignedTransaction[] = []): Promise<SubmittedInput[]> =>
    submitRequests(rollup.client, {
      ...{ account, inputBox: deployment.inputBox, application: deployment.application },
      ...{ payloads: PAYLOADS, earlier, raiseAfterMs: RAISE_AFTER_MS, signal: controller.signal },
      onSigned: (transaction) => signed.push(transaction),
      onRaised: (_, position) => raised.push(position),
    });
  const until = async (isTrue: () => boolean | Promise<boolean>) => {
    while (!(await isTrue())) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  /** Makes all fees that were offered so far too low. */
  const raiseBaseFee = async () => {
    const { maxFeePerGas } = parseTransaction(signed.at(-1)!.raw);
    await rollup.client.setNextBlockBaseFeePerGas({ baseFeePerGas: maxFeePerGas! + parseGwei("1") });
    await rollup.client.mine({ blocks: 1 });
  };
  const finish = async (submission: Promise<SubmittedInput[]>) => {
    await rollup.client.mine({ blocks: 1 });
    await rollup.client.setAutomine(true);
    return submission;
  };

  it("raises fees that have become too low, under the same nonce, and pays once", async () => {
    const submission = submit();
    await until(() => signed.length === 2);
    await new Promise((resolve) => setTimeout(resolve, 3 * RAISE_AFTER_MS));
    assert.deepEqual(raised, [], "the fees still match the network's");
    await raiseBaseFee();
    await until(() => raised.length === 1);
    await rollup.client.mine({ blocks: 1 });
    await until(() => raised.length === 2);
    const inputs = await finish(submission);
    assert.deepEqual(raised, [0, 1]);
    assert.deepEqual(
      signed.map(({ position, nonce }) => [position, nonce - nonceBefore]),
      [
        [0, 0],
        [1, 1],
        [0, 0],
        [1, 1],
      ],
    );
    assert.equal(inputs.length, PAYLOADS.length);
    assert.equal(await nonceOfSender(), nonceBefore + PAYLOADS.length);
  });

  it("takes either of two transactions of an earlier run, whichever was mined", async () => {
    const interrupted = submit();
    await until(() => signed.length === 2);
    await raiseBaseFee();
    await until(() => raised.length === 1);
    controller.abort();
    await assert.rejects(interrupted);
    const earlier = signed;
    // the first one is mined after all, though the raised one was kept last
    await rollup.client.dropTransaction({ hash: keccak256(earlier[2]!.raw) });
    await rollup.client.setNextBlockBaseFeePerGas({ baseFeePerGas: 1n });
    for (const { raw } of earlier.slice(0, 2)) {
      await rollup.client.sendRawTransaction({ serializedTransaction: raw }).catch(() => {});
    }
    await rollup.client.mine({ blocks: 1 });
    await rollup.client.setAutomine(true);
    [signed, controller] = [[], new AbortController()];
    const inputs = await submit(earlier);
    assert.deepEqual(signed, []);
    assert.equal(inputs.length, PAYLOADS.length);
    assert.equal(await nonceOfSender(), nonceBefore + PAYLOADS.length);
  });
});
