import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import type { Address, Hex } from "viem";
import { epochHeight, INPUT_HEIGHT } from "../../../machine/dispute/trace/heights.ts";
import { lyingMove, randomMove } from "./support/liar.ts";
import { ENDING_BITS, KEPT_TEMPLATE, lieBits, type ModelInput } from "./support/modelMachine.ts";
import { type Lie, ModelTrace } from "./support/modelTrace.ts";
import { honest, playGame, type Strategy } from "./support/playGame.ts";
import { startDispute, type TestDispute } from "./support/startDispute.ts";

const BUILD: ModelInput = { ending: "accepted", cycles: 1_000n };
const REJECTED: ModelInput = { ending: "rejected", cycles: 500n };
const HALTED: ModelInput = { ending: "halted", cycles: 3n };
const EXCEPTION: ModelInput = { ending: "exception", cycles: 0n };
const RUNAWAY: ModelInput = { ending: "accepted", cycles: (1n << 38n) + 1n };
const LONGEST: ModelInput = { ending: "accepted", cycles: 1n << 38n };

const END = 1n << 58n;
const at = (cycle: bigint, step = 0n) => (cycle << 20n) | step;
const transition = (input: number, position: bigint, bits = lieBits(0)): Lie => ({
  at: "transition",
  input,
  position,
  bits,
});

const builds = (count: number) => Array.from({ length: count }, () => BUILD);

/** What an epoch has, and how somebody lies about it. */
const LIES: [name: string, inputs: ModelInput[], lie: Lie][] = [
  ["the first transition, which gives the machine its input", [BUILD], transition(0, 0n)],
  ["the second transition", [BUILD], transition(0, 1n)],
  ["a step within a cycle", [BUILD], transition(0, at(700n, 123n))],
  ["the last step before the microarchitecture halts", [BUILD], transition(0, at(700n, 599n))],
  ["a step after the microarchitecture has halted", [BUILD], transition(0, at(700n, 601n))],
  ["the reset that ends a cycle", [BUILD], transition(0, at(701n) - 1n)],
  ["the reset that ends the first cycle", [BUILD], transition(0, at(1n) - 1n)],
  ["the last cycle before the machine waits", [BUILD], transition(0, at(999n, 50n))],
  ["the first cycle of a machine that waits", [BUILD], transition(0, at(1_000n, 50n))],
  ["a cycle long after that", [BUILD], transition(0, END / 2n)],
  ["the last transition of an input", [BUILD], transition(0, END - 1n)],
  ["the last cycle that an input may take", [LONGEST], transition(0, END - at(1n))],
  ["the first of two inputs", [BUILD, BUILD], transition(0, at(3n))],
  ["the last of two inputs", [BUILD, BUILD], transition(1, at(3n))],
  ["the first of three inputs", [BUILD, BUILD, BUILD], transition(0, at(3n))],
  ["the last of three inputs", [BUILD, REJECTED, BUILD], transition(2, 0n)],
  ["a rejected input, claimed as accepted", [REJECTED], { at: "status", input: 0 }],
  ["an accepted input, claimed as rejected", [BUILD, BUILD], { at: "status", input: 1 }],
  ["a machine that has halted, claimed as accepted", [BUILD, HALTED, BUILD], { at: "status", input: 1 }],
  ["an exception, claimed as accepted", [EXCEPTION], { at: "status", input: 0 }],
  ["an input out of cycles, claimed as accepted", [RUNAWAY], { at: "status", input: 0 }],
  ["a rejected input whose machine is said to accept", [REJECTED], transition(0, at(499n, 1n), ENDING_BITS)],
  ["an accepted input whose machine is said to reject", [BUILD, BUILD], transition(0, at(9n), ENDING_BITS)],
  ["a rejected input that others follow", [REJECTED, BUILD, BUILD], transition(0, at(9n), ENDING_BITS)],
  ["the bytes of an input", [BUILD, BUILD], { at: "input", input: 1, bytes: "0x" }],
  ["an input that fills the epoch up", [BUILD, BUILD, BUILD], { at: "padding", input: 3, bits: lieBits(0) }],
  ["the first of several such", builds(5), { at: "padding", input: 5, bits: lieBits(0) }],
  ["the last of several such", builds(33), { at: "padding", input: 63, bits: lieBits(0) }],
  ["the 70th of 100 inputs", builds(100), transition(69, at(500n, 7n))],
];

describe("Lies about an epoch", () => {
  let dispute: TestDispute;
  let claimer: Address;
  let challenger: Address;

  before(async () => {
    dispute = await startDispute();
    [, claimer, challenger] = dispute.accounts as [Address, Address, Address];
  });

  /** Lets a game run until a side cannot go on, and then its clock. */
  async function decide(gameId: Hex, sides: { claimer: Strategy; challenger: Strategy }) {
    const { moves, game } = await playGame(dispute, gameId, sides);
    if (game.position) {
      await dispute.mineTo(game.movedAt + BigInt(dispute.terms.clock));
      await dispute.consensus.write.endByTimeout([gameId], { gas: 10_000_000n });
    }
    const { status } = await dispute.consensus.read.claimOf([game.claimId]);
    return { moves, winner: status === 1 ? "claimer" : "challenger" };
  }

  for (const [name, inputs, described] of LIES) {
    it(`lose: ${name}`, async () => {
      const epoch = await dispute.openEpoch(inputs);
      const { trace: truth } = epoch;
      // The other bytes are those of another input that really is in the InputBox.
      const lie = described.at === "input" ? { ...described, bytes: epoch.inputs[0]! } : described;
      const trace = new ModelTrace(KEPT_TEMPLATE, epoch.inputs, lie);
      const state = trace.kept(2 ** (epochHeight(inputs.length) - INPUT_HEIGHT));
      assert.notEqual(state, truth.end.state);
      const liar: Strategy = async (game) =>
        game.partHeight === 0
          ? undefined
          : lyingMove(game, { trace, truth, random: () => 0 }).then(orNothing);
      const root = lie.at === "padding" ? truth.end.root : trace.end.root;
      const wrong = await dispute.claim(epoch, { end: { state, root } }, claimer);
      const asClaimer = await decide(await dispute.challenge(wrong, challenger), {
        claimer: liar,
        challenger: honest(truth),
      });
      assert.equal(asClaimer.winner, "challenger");
      const right = await dispute.claim(epoch, truth, challenger);
      const asChallenger = await decide(await dispute.challenge(right, claimer), {
        claimer: honest(truth),
        challenger: liar,
      });
      assert.equal(asChallenger.winner, "claimer");
      const longest = 13 + Math.ceil((epochHeight(inputs.length) - INPUT_HEIGHT) / 5);
      assert.ok(asClaimer.moves <= longest && asChallenger.moves <= longest);
    });
  }

  /** A liar does not send what the chain refuses. */
  function orNothing<T extends { kind: string }>(move: T): T | undefined {
    return move.kind === "proveNoInput" ? undefined : move;
  }

  it("lose when they are told at random", async () => {
    const epoch = await dispute.openEpoch([BUILD, REJECTED, BUILD]);
    const { trace: truth } = epoch;
    const right = await dispute.claim(epoch, truth, claimer);
    let number = 1;
    const random = (bound: number) => {
      number = (number * 48_271) % 2_147_483_647;
      return number % bound;
    };
    const liar: Strategy = async (game) =>
      game.partHeight === 0 ? undefined : randomMove(game, { trace: truth, truth, random }).then(orNothing);
    for (const account of dispute.accounts.slice(2, 8)) {
      const gameId = await dispute.challenge(right, account);
      assert.equal((await decide(gameId, { claimer: honest(truth), challenger: liar })).winner, "claimer");
    }
  });
});
