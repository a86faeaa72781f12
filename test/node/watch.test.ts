import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "mocha";
import { bytesToHex, createWalletClient, type Hex, http, parseEther, parseEventLogs } from "viem";
import { disputeConsensusAbi, inputBoxAbi } from "../../abi/index.ts";
import { deployDisputableLocal } from "../../deploy/index.ts";
import { proveOutputsRoot, proveTemplate } from "../../machine/dispute/index.ts";
import { advance, type Emulator, startEmulator } from "../../machine/emulator/index.ts";
import { type AlarmMessage, type CartenixNode, WrongClaimError } from "../../machine/node/index.ts";
import type { DisputableDeployment } from "../../protocol/deployments/index.ts";
import { MAX_INPUT_CYCLES } from "../../protocol/index.ts";
import { notice, readerOf, startWorld, type World } from "./support/startWorld.ts";
import { until } from "./support/until.ts";

const TERMS = { maxInputs: 4, claimWindow: 3, challengeWindow: 3, clock: 5, bond: "1" };

describe("a node that watches disputes", function () {
  this.timeout(60_000);
  let world: World;
  let deployment: DisputableDeployment;
  let machine: Emulator;
  let node: CartenixNode;
  const received: AlarmMessage[] = [];
  const hook = createServer(async (request, response) => {
    received.push((await new Response(request as never).json()) as AlarmMessage);
    response.statusCode = received.length === 1 ? 500 : 204;
    response.end();
  });
  const write = async (functionName: string, args: unknown[], value = 0n, from = 2) => {
    const account = world.account(from);
    const wallet = createWalletClient({ account, transport: http(world.rpcUrl) });
    const hash = await wallet.writeContract({
      ...{ chain: null, address: deployment.consensus, abi: disputeConsensusAbi },
      ...{ functionName, args, value },
    } as never);
    const { logs } = await world.client.waitForTransactionReceipt({ hash });
    return parseEventLogs({ abi: disputeConsensusAbi, logs });
  };
  const claim = async () => {
    const { id } = await world.client.readContract({
      ...{ address: deployment.consensus, abi: disputeConsensusAbi, functionName: "epochOf" },
      args: [deployment.application],
    } as const);
    const proof = bytesToHex(await proveOutputsRoot(machine));
    const args = [deployment.application, id, await machine.rootHash(), proof];
    const events = await write("claim", args, parseEther("1"));
    return events.find(({ eventName }) => eventName === "StateClaimed")!.args as { claimId: Hex };
  };
  /** Sends an input, and runs it on the claimer's machine. */
  const send = async (payload: Uint8Array) => {
    await world.sendTo(deployment.application, payload);
    const [log] = (
      await world.client.getContractEvents({
        ...{ address: deployment.inputBox, abi: inputBoxAbi, eventName: "InputAdded", strict: true },
        args: { appContract: deployment.application },
        fromBlock: 0n,
      } as const)
    ).slice(-1);
    await advance(machine, Buffer.from(log!.args.input!.slice(2), "hex"), { maxCycles: MAX_INPUT_CYCLES });
  };
  const of = () => ({ application: deployment.application });
  const health = async () =>
    (await (await fetch(`${node.url}/health`)).json()) as { ok: boolean; reasons: string[] };

  before(async () => {
    world = await startWorld();
    machine = await startEmulator();
    await machine.load(world.templateDirectory);
    deployment = await deployDisputableLocal({
      rpcUrl: world.rpcUrl,
      templateHash: world.deployment.templateHash,
      templateProof: bytesToHex(await proveTemplate(machine)),
      ...TERMS,
    });
    await new Promise<void>((resolve) => hook.listen(0, "127.0.0.1", resolve));
    const webhook = new URL(`http://127.0.0.1:${(hook.address() as AddressInfo).port}/secret`);
    node = await world.startNode({ application: deployment.application, claimerKey: undefined, webhook });
  });
  after(async () => {
    await machine?.shutdown();
    await world?.[Symbol.asyncDispose]();
    hook.close();
  });

  it("follows seals, and has nothing against a right claim", async () => {
    const reader = readerOf(node);
    await send(world.accepting([notice("0x01")]));
    assert.equal(String((await reader.getApplication(of())).consensusType), "DISPUTE");
    await write("seal", [deployment.application]);
    const { claimId } = await claim();
    await world.mine(7);
    await write("accept", [claimId]);
    await send(world.accepting([notice("0x02")]));
    const epochs = await until("the first epoch is accepted, and the second open", async () => {
      const { data } = await reader.listEpochs(of());
      return data.length === 2 && data[0]!.status === "CLAIM_ACCEPTED" && data;
    });
    assert.equal(epochs[1]!.status, "OPEN");
    assert.equal(epochs[0]!.inputIndexUpperBound, 1n);
    assert.ok((await reader.getOutput({ ...of(), outputIndex: 0n })).outputHashesSiblings);
    assert.deepEqual((await health()).reasons, []);
    assert.deepEqual(received, []);
  });

  it("raises the alarm about a wrong claim, and says when it was accepted", async () => {
    await write("seal", [deployment.application]);
    await machine.writeMemory(0x8000_07f8n, Uint8Array.of(1));
    const { claimId } = await claim();
    const { reasons } = await until("it is unhealthy", async () => {
      const now = await health();
      return !now.ok && now;
    });
    assert.match(String(reasons), new RegExp(`^a claim ${claimId} of epoch 1 by 0x.* is wrong: it names`));
    const metrics = await (await fetch(`${node.url}/metrics`)).text();
    assert.match(metrics, /^cartenix_wrong_claims 1$/m);
    await until("the webhook has it, at the second attempt", () => received.length === 2);
    assert.deepEqual(
      received.map((message) => [message.event, message.claimId, message.claimed]),
      new Array(2).fill(["wrong-claim", claimId, await machine.rootHash()]),
    );
    const watching = { application: deployment.application, claimerKey: undefined, watch: true };
    const watcher = await world.startNode({ ...watching, dataDirectory: `${world.folder}/watcher` });
    await assert.rejects(watcher.stopped, (error) => error instanceof WrongClaimError && !error.isAccepted);

    await world.mine(7);
    await write("accept", [claimId]);
    await until("the webhook knows", () => received.at(-1)!.event === "wrong-claim-accepted");
    assert.match(String((await health()).reasons), /^the accepted claim/);
    const again = await world.startNode({ ...watching, dataDirectory: `${world.folder}/watcher` });
    await assert.rejects(again.stopped, (error) => error instanceof WrongClaimError && error.isAccepted);
  });
});
