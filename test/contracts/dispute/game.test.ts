import assert from "node:assert/strict";
import { before, beforeEach, describe, it } from "mocha";
import {
  type Address,
  concatHex,
  encodeAbiParameters,
  encodeFunctionData,
  type Hex,
  keccak256,
  zeroHash,
} from "viem";
import { disputeConsensusAbi } from "../../../abi/index.ts";
import { encodeMove } from "../../../machine/dispute/game/encodeMove.ts";
import type { Position } from "../../../machine/dispute/game/game.ts";
import type { Move } from "../../../machine/dispute/game/nextMove.ts";
import { readGame } from "../../../machine/dispute/game/readGame.ts";
import { partOf } from "../../../machine/dispute/game/stateList.ts";
import { epochHeight, INPUT_HEIGHT } from "../../../machine/dispute/trace/heights.ts";
import { lyingMove } from "./support/liar.ts";
import { KEPT_TEMPLATE, lieBits, type ModelInput, proofOf, TEMPLATE } from "./support/modelMachine.ts";
import { type Lie, ModelTrace } from "./support/modelTrace.ts";
import { honest, playGame, type Strategy, sendMove, stopAfter } from "./support/playGame.ts";
import { BOND, startDispute, type TestDispute } from "./support/startDispute.ts";

const BUILD: ModelInput = { ending: "accepted", cycles: 1_000n };
const GAS = 10_000_000n;
const [LIVING, DEAD] = [1, 2];
const ENDINGS = { proof: 0, timeout: 1, claimDied: 2 };
const CYCLE_BITS = 20n;

type Epoch = Awaited<ReturnType<TestDispute["openEpoch"]>>;

describe("A dispute's game", () => {
  let dispute: TestDispute;
  let consensus: TestDispute["consensus"];
  let claimer: Address;
  let challenger: Address;
  let stranger: Address;
  /** Of one input. */
  let single: Epoch;
  /** Of three inputs. */
  let several: Epoch;

  before(async () => {
    dispute = await startDispute({ claimWindow: 500, challengeWindow: 500 });
    consensus = dispute.consensus;
    [, claimer, challenger, stranger] = dispute.accounts as [Address, Address, Address, Address];
  });

  beforeEach(async () => {
    single = await dispute.openEpoch([BUILD]);
    several = await dispute.openEpoch([BUILD, { ending: "rejected", cycles: 9n }, { ...BUILD, cycles: 77n }]);
  });

  type Refused = typeof dispute.chain.viem.assertions.revertWithCustomErrorWithArgs;
  const refused = (
    call: Promise<unknown>,
    name: Parameters<Refused>[2],
    args: unknown[] = [],
    contract: unknown = consensus,
  ) =>
    dispute.chain.viem.assertions.revertWithCustomErrorWithArgs(
      call as Promise<Hex>,
      contract as never,
      name,
      args,
    );
  const blockNumber = () => dispute.chain.client.getBlockNumber({ cacheTime: 0 });
  const endByTimeout = (gameId: Hex) =>
    consensus.write.endByTimeout([gameId], { account: stranger, gas: GAS });
  const releaseChallenge = (gameId: Hex) =>
    consensus.write.releaseChallenge([gameId], { account: stranger, gas: GAS });
  const send = (gameId: Hex, move: Move, mover: Address) => sendMove(dispute, gameId, move, mover);
  let seed = 0;
  /** A lie that nobody told before in these epochs. */
  const lieAt = (epoch: Epoch, lie: Partial<Lie & { position: bigint }> = {}) =>
    new ModelTrace(KEPT_TEMPLATE, epoch.inputs, {
      at: "transition",
      input: 0,
      position: 0n,
      bits: lieBits(++seed),
      ...lie,
    } as Lie);
  const liar = (epoch: Epoch, trace: ModelTrace): Strategy => {
    return async (game) =>
      game.partHeight === 0 ? undefined : lyingMove(game, { trace, truth: epoch.trace, random: () => 0 });
  };
  /** A wrong claim that is challenged, after so many moves of both sides together; the next mover's position. */
  async function gameAfter(epoch: Epoch, moves: number, lie: ModelTrace = lieAt(epoch)) {
    const claimId = await dispute.claim(epoch, lie, claimer);
    const gameId = await dispute.challenge(claimId, challenger);
    const sides = { claimer: liar(epoch, lie), challenger: honest(epoch.trace) };
    let left = moves;
    let position: Position | undefined;
    const counting =
      (strategy: Strategy): Strategy =>
      async (game) => {
        position = game;
        return left-- > 0 ? strategy(game) : undefined;
      };
    await playGame(dispute, gameId, {
      claimer: counting(sides.claimer),
      challenger: counting(sides.challenger),
    });
    return { claimId, gameId, position: position!, sides, lie };
  }
  const gameOf = (gameId: Hex) => consensus.read.gameOf([gameId]);
  const owedTo = (account: Address) => consensus.read.owed([account]);

  describe("challenging", () => {
    it("starts with the claim as a list of one part, and both clocks full", async () => {
      for (const epoch of [single, several]) {
        const lie = lieAt(epoch);
        const claimId = await dispute.claim(epoch, lie, claimer);
        const before = (await consensus.read.epochOf([epoch.application])).openGames;
        const call = consensus.write.challenge([claimId], { account: challenger, value: BOND, gas: GAS });
        const [event, ...more] = await dispute.eventsOf(call);
        const gameId = gameIdOf(claimId, challenger);
        assert.deepEqual(
          [event!.eventName, event!.args],
          ["ClaimChallenged", { claimId, gameId, challenger }],
        );
        assert.equal(more.length, 0);
        assert.deepEqual(await gameOf(gameId), {
          challenger,
          claimId,
          position: 0n,
          movedAt: Number(await blockNumber()),
          claimerClock: dispute.terms.clock,
          challengerClock: dispute.terms.clock,
          partHeight: epochHeight(epoch.inputs.length),
          listHeight: 0,
          isClaimersTurn: false,
          listRoot: keccak256(concatHex([TEMPLATE, lie.end.state])),
        });
        assert.equal((await consensus.read.claimOf([claimId])).openGames, 1);
        assert.equal((await consensus.read.epochOf([epoch.application])).openGames, before + 1);
      }
    });

    it("takes the bond, and a living claim", async () => {
      const claimId = await dispute.claim(single, lieAt(single), claimer);
      const challenge = (id: Hex, value = BOND) =>
        consensus.write.challenge([id], { account: challenger, value, gas: GAS });
      await refused(challenge(claimId, BOND - 1n), "WrongBond", [BOND - 1n, BOND]);
      await refused(challenge(claimId, BOND + 1n), "WrongBond", [BOND + 1n, BOND]);
      await refused(challenge(zeroHash), "NotChallengeable", [zeroHash, 0]);
    });

    it("is possible once for everyone, also for the claimer", async () => {
      const claimId = await dispute.claim(single, lieAt(single), claimer);
      for (const account of [challenger, stranger, claimer]) {
        const gameId = await dispute.challenge(claimId, account);
        const again = consensus.write.challenge([claimId], { account, value: BOND, gas: GAS });
        await refused(again, "AlreadyChallenged", [gameId]);
      }
      assert.equal((await consensus.read.claimOf([claimId])).openGames, 3);
    });

    it("is possible in the last block of the time for it, and only while the epoch is undecided", async () => {
      const epoch = await dispute.openEpoch([BUILD]);
      const claimId = await dispute.claim(epoch, epoch.trace, claimer);
      const { challengesUntil } = await consensus.read.epochOf([epoch.application]);
      await dispute.mineTo(challengesUntil - 1n);
      const gameId = await dispute.challenge(claimId, challenger);
      const late = () => consensus.write.challenge([claimId], { account: stranger, value: BOND, gas: GAS });
      await refused(late(), "TooLateToChallenge", [challengesUntil]);
      await dispute.mineTo(challengesUntil + BigInt(dispute.terms.clock));
      await endByTimeout(gameId);
      await consensus.write.accept([claimId], { gas: GAS });
      await refused(late(), "TooLateToChallenge", [0n]);
      await consensus.write.releaseClaim([claimId], { gas: GAS });
      await refused(late(), "NotChallengeable", [claimId, 3]);
    });
  });

  describe("a move", () => {
    it("takes its side's turn, and emits the new list", async () => {
      const { gameId, position } = await gameAfter(several, 0);
      const move = (await honest(several.trace)(position))!;
      assert.equal(move.kind, "divide");
      const { events } = await send(gameId, move, challenger);
      const states = "states" in move ? move.states : [];
      assert.deepEqual(
        events.map(({ eventName, args }) => [eventName, args]),
        [
          [
            "SegmentDivided",
            {
              gameId,
              byClaimer: false,
              position: 0n,
              partHeight: BigInt(INPUT_HEIGHT),
              start: TEMPLATE,
              states,
            },
          ],
        ],
      );
      const { isClaimersTurn, movedAt, partHeight, listHeight } = await gameOf(gameId);
      assert.deepEqual(
        [isClaimersTurn, BigInt(movedAt), partHeight, listHeight],
        [true, await blockNumber(), INPUT_HEIGHT, 2],
      );
      await refused(send(gameId, move, challenger), "NotYourTurn", [gameId, claimer]);
      await refused(send(gameId, move, stranger), "NotYourTurn", [gameId, claimer]);
    });

    it("is refused to the claimer when it is the challenger's turn", async () => {
      const { gameId, position, sides } = await gameAfter(single, 0);
      await refused(send(gameId, (await sides.challenger(position))!, claimer), "NotYourTurn", [
        gameId,
        challenger,
      ]);
    });

    it("adds the picked part's place to the position", async () => {
      const lie = lieAt(single, { position: (5n << 53n) | (3n << 48n) | (2n << 43n) });
      const { gameId } = await gameAfter(single, 3, lie);
      const { position, partHeight } = await gameOf(gameId);
      assert.deepEqual([position, partHeight], [(5n << 53n) | (3n << 48n), 43]);
    });

    it("names a part of the last list, with a proof of the right length", async () => {
      const { gameId, position, sides } = await gameAfter(single, 1);
      const move = (await sides.claimer(position))! as Move & { kind: "divide" };
      const { part } = move;
      const wrongParts = [
        { ...part, index: part.index + 1n },
        { ...part, index: part.index + 32n },
        { ...part, index: part.index + (1n << 255n) },
        { ...part, start: zeroHash },
        { ...part, end: zeroHash },
        { ...part, siblings: part.siblings.slice(1) },
        { ...part, siblings: [...part.siblings, zeroHash] },
        { ...part, siblings: part.siblings.with(4, zeroHash) },
        { ...part, siblings: [] },
        // An inner node as if it were a leaf: one level shorter.
        {
          ...part,
          start: keccak256(concatHex([part.start, part.end])),
          end: part.siblings[0]!,
          siblings: part.siblings.slice(1),
        },
      ];
      for (const wrong of wrongParts) {
        await refused(send(gameId, { ...move, part: wrong }, claimer), "NotInList", [wrong.index]);
      }
      await send(gameId, move, claimer);
    });

    it("posts as many states as the height asks for", async () => {
      const { gameId, position, sides } = await gameAfter(single, 1);
      const move = (await sides.claimer(position))! as Move & { kind: "divide" };
      for (const count of [0, 1, 16, 31, 33, 64]) {
        const states = Array.from({ length: count }, (_, i) => move.states[i % 32]!);
        await refused(send(gameId, { ...move, states }, claimer), "WrongListLength", [BigInt(count), 32n]);
      }
    });

    it("does not end in the other side's state", async () => {
      const { gameId, position, sides } = await gameAfter(single, 1);
      const move = (await sides.claimer(position))! as Move & { kind: "divide" };
      const states = move.states.with(31, move.part.end);
      await refused(send(gameId, { ...move, states }, claimer), "SameEnd", [move.part.end]);
    });

    it("is the same with bytes after its calldata", async () => {
      const [plain, padded] = [await gameAfter(single, 1), await gameAfter(single, 1)];
      for (const [{ gameId, position, sides }, more] of [
        [plain, "0x"],
        [padded, `0x${"ab".repeat(777)}`],
      ] as const) {
        const data = concatHex([encodeMove(gameId, (await sides.claimer(position))!), more]);
        await dispute.chain.wallets[0]!.sendTransaction({
          account: claimer,
          to: consensus.address,
          data,
          gas: GAS,
        });
      }
      const [a, b] = [await gameOf(plain.gameId), await gameOf(padded.gameId)];
      assert.deepEqual(
        [a.position, a.partHeight, a.isClaimersTurn],
        [b.position, b.partHeight, b.isClaimersTurn],
      );
    });

    it("is refused when its calldata are cut short", async () => {
      const { gameId, position, sides } = await gameAfter(single, 1);
      const data = encodeMove(gameId, (await sides.claimer(position))!);
      for (const length of [4, 36, 68, 500, data.length / 2 - 33, data.length / 2 - 2]) {
        const cut = data.slice(0, 2 + 2 * length) as Hex;
        await assert.rejects(
          dispute.chain.client.call({ account: claimer, to: consensus.address, data: cut }),
        );
      }
    });

    it("is refused in a game that is not, or that has ended", async () => {
      const { gameId, position, sides } = await gameAfter(single, 0);
      const move = (await sides.challenger(position))!;
      await refused(send(zeroHash, move, challenger), "NotOpen", [zeroHash]);
      await dispute.mineTo((await blockNumber()) + BigInt(dispute.terms.clock));
      await endByTimeout(gameId);
      await refused(send(gameId, move, challenger), "NotOpen", [gameId]);
    });
  });

  describe("which move a height allows", () => {
    const states = (count: number) => Array.from({ length: count }, () => TEMPLATE);
    const noProof = { input: "0x", response: "0x", step: "0x", reset: "0x" } as const;
    const others = (part: Extract<Move, { kind: "divide" }>["part"]): Move[] => [
      { kind: "divide", part, states: states(32) },
      { kind: "enterInput", part, states: states(32), statusProof: "0x" },
      { kind: "proveNoInput", part },
      { kind: "proveTransition", part, proof: noProof },
    ];
    const allows = async (
      epoch: Epoch,
      moves: number,
      kinds: Move["kind"][],
      mover: () => Address,
      lie?: ModelTrace,
    ) => {
      const { gameId, position, sides } = await gameAfter(epoch, moves, lie);
      const side = mover() === claimer ? sides.claimer : sides.challenger;
      const { part } = (await side(position))!;
      for (const move of others(part).filter(({ kind }) => !kinds.includes(kind))) {
        await refused(send(gameId, move, mover()), "WrongMove", [position.partHeight]);
      }
      return { gameId, position, part };
    };

    it("several inputs: divide", async () => {
      await allows(several, 0, ["divide"], () => challenger);
    });

    it("one input: enterInput", async () => {
      await allows(single, 0, ["enterInput"], () => challenger);
      await allows(several, 1, ["enterInput"], () => claimer, lieAt(several, { input: 2 }));
    });

    it("an input that fills the epoch up: proveNoInput", async () => {
      const padding = lieAt(several, { at: "padding", input: 3 });
      const claimId = await claimWrongEnd(several, padding);
      const gameId = await dispute.challenge(claimId, challenger);
      const list = { start: TEMPLATE, states: [padding.kept(4)] };
      const first = (await honest(several.trace)({ position: 0n, partHeight: INPUT_HEIGHT + 2, list }))!;
      await send(gameId, first, challenger);
      const right = { start: TEMPLATE, states: [1, 2, 3, 4].map((k) => several.trace.kept(k)) };
      const part = partOf(right, 3);
      for (const move of others(part).filter(({ kind }) => kind !== "proveNoInput")) {
        await refused(send(gameId, move, claimer), "WrongMove", [INPUT_HEIGHT]);
      }
      await refused(send(gameId, { kind: "proveNoInput", part }, claimer), "SameEnd", [part.end]);
      await refused(send(gameId, { kind: "proveNoInput", part: partOf(right, 2) }, claimer), "WrongMove", [
        INPUT_HEIGHT,
      ]);
    });

    it("less than an input: divide", async () => {
      await allows(single, 1, ["divide"], () => claimer);
    });

    it("one transition: proveTransition", async () => {
      await allows(single, 12, ["proveTransition"], () => challenger);
    });
  });

  /** Claims a state that is no trace's end; its outputs root is that of the right end. */
  async function claimWrongEnd(epoch: Epoch, trace: ModelTrace): Promise<Hex> {
    const state = trace.kept(2 ** (epochHeight(epoch.inputs.length) - INPUT_HEIGHT));
    return dispute.claim(epoch, { end: { state, root: epoch.trace.end.root } }, claimer);
  }

  describe("entering an input", () => {
    it("takes a proof of the last state's status", async () => {
      const { gameId, position, sides } = await gameAfter(single, 0);
      const move = (await sides.challenger(position))! as Move & { kind: "enterInput" };
      const wrong = { ...move, statusProof: proofOf("a", TEMPLATE) };
      await refused(send(gameId, wrong, challenger), "InvalidProof", [], dispute.verifier);
    });

    it("gives an input that is not accepted the state before it", async () => {
      const epoch = await dispute.openEpoch([{ ending: "rejected", cycles: 5n }]);
      const lie = lieAt(epoch, { at: "status" });
      const claimId = await dispute.claim(epoch, lie, claimer);
      const gameId = await dispute.challenge(claimId, challenger);
      const part = partOf({ start: TEMPLATE, states: [lie.end.state] }, 0);
      const states = epoch.trace.states(0, { start: 0n, partHeight: 53, count: 32 });
      const proof = proofOf("a", states[31]!);
      // Its last state is the claimed one, and yet its effect is another.
      assert.equal(states[31], lie.end.state);
      await send(gameId, { kind: "enterInput", part, states, statusProof: proof }, challenger);
    });

    it("refuses what has the effect that the other side says", async () => {
      const epoch = await dispute.openEpoch([{ ending: "halted", cycles: 5n }, BUILD]);
      const lie = lieAt(epoch, { input: 1 });
      const { gameId } = await gameAfter(epoch, 1, lie);
      const part = partOf({ start: TEMPLATE, states: [epoch.trace.kept(1), epoch.trace.kept(2)] }, 0);
      const states = epoch.trace.states(0, { start: 0n, partHeight: 53, count: 32 });
      const move = { kind: "enterInput", part, states, statusProof: proofOf("a", states[31]!) } as const;
      await refused(send(gameId, move, claimer), "SameEnd", [TEMPLATE]);
      const lies = states.with(31, zeroHash);
      const other = { ...move, states: lies, statusProof: proofOf("a", zeroHash) };
      await refused(send(gameId, other, claimer), "SameEnd", [TEMPLATE]);
    });
  });

  describe("proving a transition", () => {
    /** A game in which the challenger must prove this transition. */
    const gameAbout = async (position: bigint) => {
      const found = await gameAfter(single, 12, lieAt(single, { position }));
      const move = (await found.sides.challenger(found.position))! as Move & { kind: "proveTransition" };
      return { ...found, move };
    };
    const FIRST = 0n;
    const MIDDLE = (3n << CYCLE_BITS) | 7n;
    const LAST_OF_CYCLE = (4n << CYCLE_BITS) - 1n;

    for (const [name, position] of Object.entries({ FIRST, MIDDLE, LAST_OF_CYCLE })) {
      it(`takes exactly the proofs of what it does: ${name.toLowerCase().replaceAll("_", " ")}`, async () => {
        const { gameId, move } = await gameAbout(position);
        const { proof } = move;
        const attempt = (changes: Partial<typeof proof>) =>
          send(gameId, { ...move, proof: { ...proof, ...changes } }, challenger);
        const isFirst = position === FIRST;
        for (const wrong of ["0x", "0x00"] as const) {
          await refused(attempt({ step: wrong }), "InvalidProof", [], dispute.verifier);
        }
        if (isFirst) {
          await refused(attempt({ response: "0x" }), "InvalidProof", [], dispute.verifier);
          await refused(attempt({ input: `${proof.input}00` }), "WrongInput", [0n]);
          await refused(attempt({ input: "0x" }), "WrongInput", [0n]);
        } else {
          await refused(attempt({ input: "0x00" }), "SuperfluousProof");
          await refused(attempt({ response: "0x00" }), "SuperfluousProof");
        }
        if (position === LAST_OF_CYCLE) {
          await refused(attempt({ reset: "0x" }), "InvalidProof", [], dispute.verifier);
        } else {
          await refused(attempt({ reset: "0x00" }), "SuperfluousProof");
        }
        const { events } = await send(gameId, move, challenger);
        assert.equal(events[0]!.eventName, "GameEnded");
      });
    }

    it("proves nothing where the other side is right", async () => {
      const claimId = await dispute.claim(single, single.trace, claimer);
      const gameId = await dispute.challenge(claimId, challenger);
      const lie = lieAt(single);
      const sides = { claimer: honest(single.trace), challenger: liar(single, lie) };
      const { moves } = await playGame(dispute, gameId, sides);
      assert.equal(moves, 12);
      const query = { consensus: consensus.address, gameId, fromBlock: 0n, blockNumber: await blockNumber() };
      const { position } = await readGame(dispute.chain.client, query);
      for (const index of [0, 31]) {
        const part = partOf(position!.list, index);
        const proof = await single.trace.proveTransition(0, position!.position + BigInt(index));
        const move = { kind: "proveTransition", part, proof } as const;
        await refused(send(gameId, move, challenger), "SameEnd", [part.end]);
      }
    });

    it("asks the InputBox for the epoch's own inputs", async () => {
      const first = await dispute.openEpoch([BUILD]);
      const { application } = first;
      const claimId = await dispute.claim(first, first.trace, claimer);
      await dispute.mineTo((await consensus.read.epochOf([application])).challengesUntil);
      await consensus.write.accept([claimId], { gas: GAS });
      const inputs = await dispute.addInputs(application, [
        { ...BUILD, cycles: 2n },
        { ...BUILD, cycles: 3n },
      ]);
      await consensus.write.seal([application], { gas: GAS });
      const { id: epochId } = await consensus.read.epochOf([application]);
      const trace = new ModelTrace(first.trace.end, inputs);
      const lie = new ModelTrace(first.trace.end, inputs, {
        at: "transition",
        input: 1,
        position: 0n,
        bits: lieBits(1),
      });
      const right = await dispute.claim({ application, epochId }, trace, claimer);
      const gameId = await dispute.challenge(right, challenger);
      const sides = { claimer: honest(trace), challenger: liar({ ...first, trace }, lie) };
      const { moves, game } = await playGame(dispute, gameId, sides);
      assert.deepEqual([moves, game.position, game.claimStatus], [14, undefined, "living"]);
    });
  });

  describe("clocks", () => {
    it("run for the side whose turn it is, and are taken along", async () => {
      const { gameId, position, sides } = await gameAfter(single, 0);
      const { movedAt } = await gameOf(gameId);
      await dispute.mineTo(BigInt(movedAt) + 10n);
      await send(gameId, (await sides.challenger(position))!, challenger);
      const { clock } = dispute.terms;
      const game = await gameOf(gameId);
      assert.deepEqual([game.challengerClock, game.claimerClock], [clock - 11, clock]);
      await dispute.mineTo(BigInt(game.movedAt) + 4n);
      await playGame(dispute, gameId, {
        claimer: stopAfter(1, sides.claimer),
        challenger: stopAfter(0, sides.challenger),
      });
      const later = await gameOf(gameId);
      assert.deepEqual([later.challengerClock, later.claimerClock], [clock - 11, clock - 5]);
    });

    it("allow a move in their last block, and none after it", async () => {
      for (const late of [0n, 1n]) {
        const { gameId, position, sides } = await gameAfter(single, 1);
        const { movedAt, claimerClock } = await gameOf(gameId);
        await dispute.mineTo(BigInt(movedAt + claimerClock) - 1n + late);
        const move = send(gameId, (await sides.claimer(position))!, claimer);
        if (late === 0n) {
          await move;
          assert.equal((await gameOf(gameId)).claimerClock, 0);
        } else {
          await refused(move, "ClockRanOut", [gameId]);
        }
      }
    });

    it("decide the game once they have run out, and not before", async () => {
      for (const moves of [0, 1]) {
        const { claimId, gameId } = await gameAfter(single, moves);
        const { movedAt } = await gameOf(gameId);
        const last = BigInt(movedAt) + BigInt(dispute.terms.clock);
        await dispute.mineTo(last - 2n);
        await refused(endByTimeout(gameId), "ClockRuns", [gameId, 1n]);
        await refused(endByTimeout(gameId), "ClockRuns", [gameId, 0n]);
        const { owed } = consensus.read;
        const winner = moves === 0 ? claimer : challenger;
        const before = [await owedTo(winner), await owed([await consensus.read.BURNT()])];
        const [event] = await dispute.eventsOf(endByTimeout(gameId));
        assert.equal(await blockNumber(), last + 1n);
        const [reward, burnt] = [(BOND * 3n) / 4n, BOND / 4n];
        const claimerWon = moves === 0;
        assert.deepEqual(
          [event!.eventName, event!.args],
          ["GameEnded", { gameId, claimId, claimerWon, ending: ENDINGS.timeout, reward, burnt }],
        );
        const { status, openGames } = await consensus.read.claimOf([claimId]);
        assert.deepEqual([status, openGames], [claimerWon ? LIVING : DEAD, 0]);
        // The challenger gets his own bond back; the claimer's stays with the claim.
        assert.equal((await owedTo(winner)) - before[0]!, claimerWon ? reward : BOND + reward);
        assert.equal((await owed([await consensus.read.BURNT()])) - before[1]!, burnt);
        assert.equal((await gameOf(gameId)).listRoot, zeroHash);
        await refused(endByTimeout(gameId), "NotOpen", [gameId]);
        await refused(releaseChallenge(gameId), "NotOpen", [gameId]);
      }
    });
  });

  describe("when its claim dies in another game", () => {
    it("decides nothing any more, and returns the challenger's bond", async () => {
      const { claimId, gameId, position, sides } = await gameAfter(single, 0);
      const other = await dispute.challenge(claimId, stranger);
      await refused(releaseChallenge(other), "ClaimLives", [claimId]);
      await playGame(dispute, gameId, { ...sides, claimer: async () => undefined });
      await dispute.mineTo((await blockNumber()) + BigInt(dispute.terms.clock));
      const games = (await consensus.read.epochOf([single.application])).openGames;
      await endByTimeout(gameId);
      assert.equal((await consensus.read.epochOf([single.application])).openGames, games - 2);
      await refused(send(other, (await sides.challenger(position))!, stranger), "ClaimIsDead", [claimId]);
      await refused(endByTimeout(other), "ClaimIsDead", [claimId]);
      const again = consensus.write.challenge([claimId], {
        account: dispute.accounts[7]!,
        value: BOND,
        gas: GAS,
      });
      await refused(again, "NotChallengeable", [claimId, DEAD]);
      const before = await owedTo(stranger);
      const [event] = await dispute.eventsOf(releaseChallenge(other));
      assert.deepEqual(
        [event!.eventName, event!.args],
        [
          "GameEnded",
          { gameId: other, claimId, claimerWon: false, ending: ENDINGS.claimDied, reward: 0n, burnt: 0n },
        ],
      );
      assert.equal((await owedTo(stranger)) - before, BOND);
      assert.equal((await consensus.read.claimOf([claimId])).openGames, 0);
      await refused(releaseChallenge(other), "NotOpen", [other]);
      await refused(releaseChallenge(zeroHash), "NotOpen", [zeroHash]);
    });
  });

  it("cannot be played with another function's calldata", async () => {
    const { gameId } = await gameAfter(single, 0);
    const data = encodeFunctionData({ abi: disputeConsensusAbi, functionName: "gameOf", args: [gameId] });
    await assert.rejects(
      dispute.chain.client.call({
        account: challenger,
        to: consensus.address,
        data: `0xdeadbeef${data.slice(10)}`,
      }),
    );
    await assert.rejects(
      dispute.chain.client.call({ account: challenger, to: consensus.address, value: 1n }),
    );
  });
});

function gameIdOf(claimId: Hex, challenger: Address): Hex {
  return keccak256(encodeAbiParameters([{ type: "bytes32" }, { type: "address" }], [claimId, challenger]));
}
