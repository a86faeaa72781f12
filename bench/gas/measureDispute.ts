import { encodeFunctionData, type Hex } from "viem";
import { disputeConsensusAbi } from "../../abi/index.ts";
import type { Position } from "../../machine/dispute/index.ts";
import { lyingMove } from "../../test/contracts/dispute/support/liar.ts";
import {
  KEPT_TEMPLATE,
  lieBits,
  proofOf,
  TEMPLATE,
} from "../../test/contracts/dispute/support/modelMachine.ts";
import { ModelTrace } from "../../test/contracts/dispute/support/modelTrace.ts";
import { honest, playGame, type Strategy, stopAfter } from "../../test/contracts/dispute/support/playGame.ts";
import { startDispute } from "../../test/contracts/dispute/support/startDispute.ts";

const INPUT = { ending: "accepted", cycles: 1_000_000_007n } as const;

/** A lie in the last input, amid the parts of all lists. */
const LIE = { at: "transition", input: 1, position: 0x1a_2b3c_4d5e_6f78n, bits: lieBits(0) } as const;

/** Random bits in each state, as real ones have: zero bytes cost less. */
const ROOT: Hex = `0x${"5c".repeat(32)}`;

/**
 * Gas of all that happens about an epoch. The step verifier is the model's, which does next to nothing: what a transition costs
 * is measured apart.
 */
export async function measureDispute() {
  const dispute = await startDispute({ claimWindow: 200, challengeWindow: 200 });
  const { chain, consensus, accounts, terms } = dispute;
  const [, claimer, challenger] = accounts;
  const gasOf = async (hash: Hex | Promise<Hex>) => Number(await chain.gasOf(hash));
  const blockNumber = () => chain.client.getBlockNumber({ cacheTime: 0 });

  // An input's hash covers its block's time, and each zero byte of an id that follows from it costs less than another byte.
  let timestamp = 4_102_444_800;
  async function openEpoch(inputs: number) {
    const { address: application } = await dispute.makeApplication();
    const register = await gasOf(consensus.write.register([application, proofOf("t", TEMPLATE)]));
    const added: Hex[] = [];
    for (let input = 0; input < inputs; input++) {
      timestamp += 100_000;
      await chain.networkHelpers.time.setNextBlockTimestamp(timestamp);
      added.push(await dispute.addInput(application, { ...INPUT, root: ROOT }));
    }
    const seal = await gasOf(consensus.write.seal([application]));
    const { id: epochId } = await consensus.read.epochOf([application]);
    return { application, epochId, inputs: added, register, seal };
  }

  const many = await openEpoch(11);
  const epoch = await openEpoch(2);
  const trace = new ModelTrace(KEPT_TEMPLATE, epoch.inputs);
  const wrong = new ModelTrace(KEPT_TEMPLATE, epoch.inputs, LIE);
  const claimId = await dispute.claim(epoch, trace, claimer);
  const claim = await lastGas();
  const wrongId = await dispute.claim(epoch, wrong, challenger);
  const [gameId, otherId] = [
    await dispute.challenge(wrongId, claimer),
    await dispute.challenge(wrongId, accounts[3]),
  ];
  const challenge = await lastGas();

  const from = await blockNumber();
  const liar: Strategy = (game: Position) =>
    lyingMove(game, { trace: wrong, truth: trace, random: (bound) => bound >> 1 });
  await playGame(dispute, gameId, { claimer: stopAfter(6, liar), challenger: honest(trace) });
  const moves = await gasOfMoves(from);
  await dispute.mineTo((await blockNumber()) + BigInt(terms.clock));
  const endByTimeout = await gasOf(consensus.write.endByTimeout([gameId]));
  const releaseChallenge = await gasOf(consensus.write.releaseChallenge([otherId]));
  const rightGameId = await dispute.challenge(claimId, challenger);
  const proof = await proveLast(rightGameId);
  await dispute.mineTo((await consensus.read.epochOf([epoch.application])).challengesUntil);
  const accept = await gasOf(consensus.write.accept([claimId]));
  const releaseClaim = await gasOf(consensus.write.releaseClaim([claimId]));
  const withdraw = await gasOf(consensus.write.withdraw([claimer!]));
  return {
    "register an application for disputes": many.register,
    "seal: an epoch of 2 inputs": epoch.seal,
    "seal: each further input": Math.round((many.seal - epoch.seal) / 9),
    claim,
    challenge,
    "divide: into 2": moves.get(2)!,
    "divide: into 8": moves.get(8)!,
    "divide: into 32": moves.get(32)!,
    "enterInput: into 32": moves.get("enterInput")!,
    "proveTransition, without the step verifier's work": proof,
    endByTimeout,
    accept,
    releaseChallenge,
    releaseClaim,
    withdraw,
  };

  async function lastGas(): Promise<number> {
    const { gasUsed } = await chain.client.getBlock({ blockTag: "latest" });
    return Number(gasUsed);
  }

  /** What the dearest move of each kind cost since a block; lists by their length. */
  async function gasOfMoves(since: bigint): Promise<Map<number | "enterInput", number>> {
    const gas = new Map<number | "enterInput", number>();
    const events = await consensus.getEvents.SegmentDivided({}, { fromBlock: since + 1n });
    const selector = encodeFunctionData({
      abi: disputeConsensusAbi,
      functionName: "enterInput",
      args: [gameId, { index: 0n, start: ROOT, end: ROOT, siblings: [] }, [], "0x"],
    }).slice(0, 10);
    for (const { args, transactionHash } of events) {
      const { input } = await chain.client.getTransaction({ hash: transactionHash });
      const kind = input.startsWith(selector) ? "enterInput" : args.states!.length;
      gas.set(kind, Math.max(gas.get(kind) ?? 0, await gasOf(transactionHash)));
    }
    return gas;
  }

  /** The gas of the proof with which the claimer wins against a challenger who lies. */
  async function proveLast(game: Hex): Promise<number> {
    const { game: ended } = await playGame(dispute, game, { claimer: honest(trace), challenger: liar });
    if (ended.position) {
      throw new Error("the game has not ended");
    }
    return lastGas();
  }
}
