import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "mocha";
import { type Address, bytesToHex, createWalletClient, type Hex, hexToBytes, http, parseEther } from "viem";
import { disputeConsensusAbi, inputBoxAbi } from "../../abi/index.ts";
import { deployDisputableLocal } from "../../deploy/index.ts";
import {
  type Disputes,
  encodeMove,
  NothingToDisputeError,
  nextMove,
  openEpochTrace,
  proveTemplate,
  readDisputes,
  readGame,
} from "../../machine/dispute/index.ts";
import { advance, type Emulator, startEmulator } from "../../machine/emulator/index.ts";
import { GuardFundsError, NothingToGuardError } from "../../machine/node/index.ts";
import type { DisputableDeployment } from "../../protocol/deployments/index.ts";
import { INPUT_END, lyingTrace } from "../dispute/support/lyingTrace.ts";
import { notice, startWorld, type World } from "./support/startWorld.ts";
import { until } from "./support/until.ts";

const TERMS = { maxInputs: 8, claimWindow: 40, challengeWindow: 40, clock: 60, bond: "1" };
const UNUSED_MEMORY = 0x8000_07f8n;
const GUARD = 3;
const LIAR = 4;

describe("a node that guards", function () {
  this.timeout(120_000);
  let world: World;
  let template: Emulator;
  let deployment: DisputableDeployment;
  let folders = 0;

  before(async () => {
    world = await startWorld();
    template = await startEmulator();
    await template.load(world.templateDirectory);
  });
  after(async () => {
    await template?.shutdown();
    await world?.[Symbol.asyncDispose]();
  });

  beforeEach(async () => {
    world.forgetOutputsAfter(0);
    deployment = await deployDisputableLocal({
      rpcUrl: world.rpcUrl,
      templateHash: world.deployment.templateHash,
      templateProof: bytesToHex(await proveTemplate(template)),
      ...TERMS,
    });
    await world.sendTo(deployment.application, world.accepting([notice("0x01")]));
  });

  const startGuard = (more = {}) =>
    world.startNode({
      application: deployment.application,
      claimerKey: world.keyOf(GUARD),
      guard: true,
      dataDirectory: `${world.folder}/guard-${++folders}`,
      ...more,
    });

  it("seals, claims and accepts alone, and takes its bond back", async () => {
    const before = await balanceOf(GUARD);
    const node = await startGuard();
    await until("it has claimed", async () => (await disputes()).claims.length === 1);
    await world.mine(TERMS.claimWindow + TERMS.challengeWindow + 1);
    await until("the epoch is accepted", async () => (await disputes()).epoch.index === 1n);
    await until("the bond is back", async () => (await balanceOf(GUARD)) > before - parseEther("0.1"));
    await node.stop();
  });

  it("wins against a wrong claim, also when it is stopped in the middle of the game", async () => {
    const first = await startGuard();
    await until("it has sealed", async () => (await disputes()).epoch.endInput === 1n);
    const liar = await tellLie();
    await liar.claim();
    await until("both have moved", async () => {
      await liar.play();
      return (await moves()) >= 4;
    });
    await first.stop();
    const second = await startGuard({ dataDirectory: `${world.folder}/guard-${folders}` });
    await until("the liar's claim is dead", async () => {
      await liar.play();
      return (await disputes()).claims.some(({ status }) => status === "dead");
    });
    await world.mine(TERMS.claimWindow + TERMS.challengeWindow + 1);
    await until("the truth is accepted", async () => (await disputes()).epoch.index === 1n);
    assert.notEqual((await disputes()).epoch.state, await liar.state());
    const { consensus } = deployment;
    await until("it has withdrawn its reward", async () => {
      const owed = await world.client.readContract({
        ...{ address: consensus, abi: disputeConsensusAbi, functionName: "owed" },
        args: [world.account(GUARD).address],
      } as const);
      return owed === 0n;
    });
    assert.ok((await balanceOf(GUARD)) > (await balanceOf(LIAR)));
    await second.stop();
    await liar.stop();
  });

  it("wins against who lets its clock run out", async () => {
    const node = await startGuard();
    await until("it has sealed", async () => (await disputes()).epoch.endInput === 1n);
    const liar = await tellLie();
    await liar.claim();
    await until("it has challenged and moved", async () => {
      const [game] = (await disputes()).claims.flatMap(({ games }) => games);
      return game?.mover === "claimer";
    });
    await world.mine(TERMS.clock + 1);
    await until("the liar's claim is dead", async () =>
      (await disputes()).claims.some(({ status }) => status === "dead"),
    );
    await node.stop();
    await liar.stop();
  });

  it("does not start where there is nothing to guard, or without the money for it", async () => {
    await assert.rejects(startGuard({ application: world.deployment.application }), NothingToGuardError);
    const poor: Hex = `0x${"11".repeat(32)}`;
    await assert.rejects(startGuard({ claimerKey: poor }), GuardFundsError);
  });

  async function disputes(): Promise<Disputes> {
    const blockNumber = await world.client.getBlockNumber({ cacheTime: 0 });
    const { consensus, application, inputBox } = deployment;
    return readDisputes(world.client, { consensus, application, inputBox, fromBlock: 0n, blockNumber });
  }

  async function moves(): Promise<number> {
    const { consensus } = deployment;
    const events = await world.client.getContractEvents({
      ...{ address: consensus, abi: disputeConsensusAbi, eventName: "SegmentDivided", fromBlock: 0n },
    } as const);
    return events.length;
  }

  function balanceOf(index: number): Promise<bigint> {
    return world.client.getBalance({ address: world.account(index).address });
  }

  /** Somebody whose machine has other memory after the input. */
  async function tellLie() {
    const [log] = await world.client.getContractEvents({
      ...{ address: deployment.inputBox, abi: inputBoxAbi, eventName: "InputAdded", strict: true },
      args: { appContract: deployment.application },
      fromBlock: 0n,
    } as const);
    const input = hexToBytes(log!.args.input!);
    const machine = await template.fork();
    await advance(machine, input);
    await machine.writeMemory(UNUSED_MEMORY, Uint8Array.of(1));
    const truth = await openEpochTrace({ machine: template, inputs: 1, readInput: async () => input });
    const trace = await lyingTrace(truth, { input: 0, from: INPUT_END / 2n, machine, kept: machine });
    const account = world.account(LIAR);
    const wallet = createWalletClient({ account, transport: http(world.rpcUrl) });
    const send = async (data: { functionName: string; args: unknown[]; value?: bigint }) => {
      const hash = await wallet.writeContract({
        ...{ chain: null, address: deployment.consensus, abi: disputeConsensusAbi },
        ...data,
      } as never);
      await world.client.waitForTransactionReceipt({ hash });
    };
    return {
      state: () => trace.stateAfter(1),
      async claim() {
        const { epoch } = await disputes();
        const args = [
          deployment.application,
          epoch.id,
          await trace.stateAfter(1),
          await trace.proveOutputsRoot(),
        ];
        await send({ functionName: "claim", args, value: parseEther("1") });
      },
      /** Makes a move if it is its turn. */
      async play(): Promise<true | undefined> {
        const found = await disputes();
        const game = found.claims.flatMap(({ games }) => games).find(({ isOpen }) => isOpen);
        if (game?.mover !== "claimer") {
          return undefined;
        }
        const query = { consensus: deployment.consensus as Address, gameId: game.gameId, fromBlock: 0n };
        const { position } = await readGame(world.client, { ...query, blockNumber: found.blockNumber });
        try {
          const data = encodeMove(game.gameId, await nextMove(position!, trace));
          const hash = await wallet.sendTransaction({ chain: null, to: deployment.consensus, data });
          await world.client.waitForTransactionReceipt({ hash });
          return true;
        } catch (error) {
          assert.ok(error instanceof NothingToDisputeError || /SameEnd/.test(String(error)), String(error));
          return undefined;
        }
      },
      stop: () => truth[Symbol.asyncDispose](),
    };
  }
});
