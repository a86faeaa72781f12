import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import {
  type Address,
  encodeAbiParameters,
  encodePacked,
  getAddress,
  type Hex,
  keccak256,
  zeroHash,
} from "viem";
import { applicationAbi, iConsensusAbi } from "../../../abi/index.ts";
import { Outputs } from "../support/startRollup.ts";
import {
  KEPT_TEMPLATE,
  lieBits,
  type ModelInput,
  proofOf,
  TEMPLATE,
  toState,
} from "./support/modelMachine.ts";
import { ModelTrace } from "./support/modelTrace.ts";
import { honest, playGame } from "./support/playGame.ts";
import { BOND, startDispute, type TestDispute } from "./support/startDispute.ts";

const BUILD: ModelInput = { ending: "accepted", cycles: 1_000n };
const GAS = 10_000_000n;

describe("The dispute's consensus", () => {
  let dispute: TestDispute;
  let consensus: TestDispute["consensus"];
  let claimer: Address;
  let other: Address;
  let challenger: Address;

  before(async () => {
    dispute = await startDispute();
    consensus = dispute.consensus;
    [, claimer, other, challenger] = dispute.accounts as [Address, Address, Address, Address];
  });

  const refused = (
    call: Promise<unknown>,
    name: Parameters<typeof dispute.chain.viem.assertions.revertWithCustomErrorWithArgs>[2],
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
  const epochOf = (application: Address) => consensus.read.epochOf([application]);
  const liar = (inputs: readonly Hex[], seed = 1) =>
    new ModelTrace(KEPT_TEMPLATE, inputs, { at: "transition", input: 0, position: 0n, bits: lieBits(seed) });
  const claimCall = (
    epoch: { application: Address; epochId: Hex; trace: ModelTrace },
    changes: { epochId?: Hex; state?: Hex; root?: Hex; value?: bigint } = {},
  ) => {
    const { state, root } = { ...epoch.trace.end, ...changes };
    return consensus.write.claim([epoch.application, changes.epochId ?? epoch.epochId, state, root], {
      account: claimer,
      value: changes.value ?? BOND,
      gas: GAS,
    });
  };
  const accept = (claimId: Hex) => consensus.write.accept([claimId], { gas: GAS });
  const reopen = (application: Address) => consensus.write.reopen([application], { gas: GAS });
  /** Mines so that the next transaction is in the first block after the time for challenges. */
  const passChallenges = async (application: Address) =>
    dispute.mineTo((await epochOf(application)).challengesUntil);
  const acceptRight = async (epoch: { application: Address; epochId: Hex; trace: ModelTrace }) => {
    const claimId = await dispute.claim(epoch, epoch.trace);
    await passChallenges(epoch.application);
    await accept(claimId);
    return claimId;
  };
  /** Challenges a claim and wins. */
  const kill = async (claimId: Hex, trace: ModelTrace, account = challenger) => {
    const gameId = await dispute.challenge(claimId, account);
    await playGame(dispute, gameId, { challenger: honest(trace), claimer: async () => undefined });
    await dispute.mineTo((await blockNumber()) + BigInt(dispute.terms.clock));
    await consensus.write.endByTimeout([gameId], { gas: GAS });
    return gameId;
  };

  describe("terms", () => {
    it("are what it was created with", async () => {
      const { claimWindow, challengeWindow, clock, bond, maxInputs } = dispute.terms;
      assert.deepEqual(await consensus.read.terms(), {
        inputBox: getAddress(dispute.inputBox.address),
        stepVerifier: getAddress(dispute.verifier.address),
        maxInputs,
        claimWindow,
        challengeWindow,
        clock,
        bond,
      });
    });

    for (const term of ["claimWindow", "challengeWindow", "clock", "bond"] as const) {
      it(`must not have a ${term} of zero`, async () => {
        await refused(dispute.deployConsensus({ [term]: term === "bond" ? 0n : 0 }), "ZeroTerm");
      });
    }

    it("allow an epoch 1 to 1,024 inputs", async () => {
      await refused(dispute.deployConsensus({ maxInputs: 0 }), "WrongMaxInputs", [0n, 1024n]);
      await refused(dispute.deployConsensus({ maxInputs: 1025 }), "WrongMaxInputs", [1025n, 1024n]);
      for (const maxInputs of [1, 1024]) {
        const { read } = await dispute.deployConsensus({ maxInputs });
        assert.equal((await read.terms()).maxInputs, maxInputs);
      }
    });
  });

  it("says by ERC-165 that it validates outputs' roots", async () => {
    const validator = keccakSelector("isOutputsMerkleRootValid(address,bytes32)");
    const supports = (id: Hex) => consensus.read.supportsInterface([id]);
    assert.equal(await supports(validator), true);
    assert.equal(await supports("0x01ffc9a7"), true);
    assert.equal(await supports("0xffffffff"), false);
    assert.equal(await supports("0x00000000"), false);
  });

  describe("registering", () => {
    const register = (application: Address, proof: Hex = proofOf("t", TEMPLATE)) =>
      consensus.write.register([application, proof], { account: other, gas: GAS });

    it("makes the template hash the first state", async () => {
      const { address } = await dispute.makeApplication();
      assert.equal((await epochOf(address)).state, zeroHash);
      const [event, ...more] = await dispute.eventsOf(register(address));
      assert.deepEqual(
        [event!.eventName, event!.args],
        ["ApplicationRegistered", { application: getAddress(address), templateHash: TEMPLATE }],
      );
      assert.equal(more.length, 0);
      const { state, ...rest } = await epochOf(address);
      assert.equal(state, TEMPLATE);
      assert.ok(Object.values(rest).every((value) => BigInt(value) === 0n));
    });

    it("happens once", async () => {
      const { address } = await dispute.makeApplication();
      await register(address);
      await refused(register(address), "AlreadyRegistered", [getAddress(address)]);
    });

    it("is for applications whose consensus it is", async () => {
      const { address } = await dispute.makeApplication({ consensus: dispute.verifier.address });
      await refused(register(address), "NotItsConsensus", [
        getAddress(address),
        getAddress(dispute.verifier.address),
      ]);
    });

    it("is for applications whose inputs are in its InputBox alone", async () => {
      const right = dispute.inputsOf(dispute.inputBox.address);
      for (const dataAvailability of [dispute.inputsOf(other), `${right}00` as Hex, "0x" as Hex]) {
        const { address } = await dispute.makeApplication({ dataAvailability });
        await refused(register(address), "OtherInputs", [getAddress(address)]);
      }
    });

    it("takes a proof that a machine waits in the template", async () => {
      const { address } = await dispute.makeApplication();
      await refused(register(address, proofOf("a", TEMPLATE)), "InvalidProof", [], dispute.verifier);
      const templateHash = toState(5n);
      const unfit = await dispute.makeApplication({ templateHash });
      await refused(
        register(unfit.address, proofOf("t", templateHash)),
        "NotATemplate",
        [templateHash],
        dispute.verifier,
      );
    });

    it("refuses an address without code", async () => {
      await assert.rejects(register(other));
    });
  });

  describe("sealing", () => {
    const seal = (application: Address) => consensus.write.seal([application], { account: other, gas: GAS });
    const registered = async () => {
      const { address } = await dispute.makeApplication();
      await consensus.write.register([address, proofOf("t", TEMPLATE)], { gas: GAS });
      return address;
    };

    it("gives the epoch all inputs so far, and an id that follows from them", async () => {
      const application = await registered();
      const inputs = await dispute.addInputs(application, [BUILD, { ...BUILD, cycles: 7n }, BUILD]);
      const hash = await seal(application);
      const [event] = await dispute.eventsOf(Promise.resolve(hash));
      const { blockNumber } = await dispute.chain.client.getTransactionReceipt({ hash });
      const epochId = epochIdOf(application, 0n, TEMPLATE, inputs);
      assert.deepEqual(
        [event!.eventName, event!.args],
        [
          "EpochSealed",
          {
            application: getAddress(application),
            epoch: 0n,
            epochId,
            firstInput: 0n,
            endInput: 3n,
            state: TEMPLATE,
          },
        ],
      );
      const epoch = await epochOf(application);
      assert.deepEqual(
        [epoch.id, epoch.firstInput, epoch.endInput, epoch.sealedAt, epoch.claimsUntil],
        [epochId, 0n, 3n, blockNumber, 0n],
      );
    });

    it("needs a registered application, and inputs", async () => {
      const { address } = await dispute.makeApplication();
      await dispute.addInput(address, BUILD);
      await refused(seal(address), "NotRegistered", [getAddress(address)]);
      const application = await registered();
      await refused(seal(application), "NoInputs", [getAddress(application)]);
    });

    it("waits until the epoch before is decided, and starts where that one ends", async () => {
      const epoch = await dispute.openEpoch([BUILD, BUILD]);
      const { application } = epoch;
      const later = await dispute.addInput(application, { ...BUILD, cycles: 3n });
      await refused(seal(application), "AlreadySealed", [getAddress(application), 0n]);
      await acceptRight(epoch);
      await seal(application);
      const { index, firstInput, endInput, state, id } = await epochOf(application);
      assert.deepEqual([index, firstInput, endInput, state], [1n, 2n, 3n, epoch.trace.end.state]);
      assert.equal(id, epochIdOf(application, 1n, state, [later]));
    });

    it("leaves inputs beyond the most that an epoch may have to the next", async () => {
      const small = await dispute.deployConsensus({ maxInputs: 2 });
      const application = (await dispute.makeApplication({ consensus: small.address })).address;
      await small.write.register([application, proofOf("t", TEMPLATE)], { gas: GAS });
      const inputs = await dispute.addInputs(application, [BUILD, BUILD, BUILD]);
      await small.write.seal([application], { gas: GAS });
      const { endInput, id } = await small.read.epochOf([application]);
      assert.deepEqual([endInput, id], [2n, epochIdOf(application, 0n, TEMPLATE, inputs.slice(0, 2))]);
    });
  });

  describe("claiming", () => {
    it("opens the windows, and is emitted as Cartesi's consensus does", async () => {
      const epoch = await dispute.openEpoch([BUILD]);
      const { application, epochId, trace } = epoch;
      const hash = await claimCall(epoch);
      const [own, cartesis, ...more] = await dispute.eventsOf(Promise.resolve(hash));
      const claimId = claimIdOf(epochId, 0n, claimer, trace.end.state);
      const { sealedAt, claimsUntil, challengesUntil, livingClaims, livingStates, openGames, round } =
        await epochOf(application);
      assert.deepEqual(
        [own!.eventName, own!.args],
        [
          "StateClaimed",
          {
            application: getAddress(application),
            epoch: 0n,
            claimId,
            claimer,
            state: trace.end.state,
            outputsMerkleRoot: trace.end.root,
          },
        ],
      );
      assert.deepEqual(
        [cartesis!.eventName, cartesis!.args],
        [
          "ClaimSubmitted",
          {
            submitter: claimer,
            appContract: getAddress(application),
            lastProcessedBlockNumber: sealedAt,
            outputsMerkleRoot: trace.end.root,
          },
        ],
      );
      assert.equal(more.length, 0);
      const { claimWindow, challengeWindow } = dispute.terms;
      const at = (await dispute.chain.client.getTransactionReceipt({ hash })).blockNumber;
      assert.equal(claimsUntil, at + BigInt(claimWindow));
      assert.equal(challengesUntil, claimsUntil + BigInt(challengeWindow));
      assert.deepEqual([livingClaims, livingStates, openGames, round], [1, 1, 0, 0]);
      assert.deepEqual(await consensus.read.claimOf([claimId]), {
        claimer,
        openGames: 0,
        status: 1,
        application: getAddress(application),
        epoch: 0n,
        state: trace.end.state,
        outputsMerkleRoot: trace.end.root,
      });
    });

    it("has the events of Cartesi's consensus", async () => {
      for (const name of ["ClaimSubmitted", "ClaimAccepted"] as const) {
        const theirs = iConsensusAbi.find((item) => item.type === "event" && item.name === name)!;
        const ours = consensus.abi.find((item) => item.type === "event" && item.name === name)!;
        const shapeOf = (item: typeof theirs | typeof ours) =>
          item.inputs.map((input) => [input.name, input.type, "indexed" in input && input.indexed === true]);
        assert.deepEqual(shapeOf(ours), shapeOf(theirs));
      }
    });

    it("takes the bond, no more and no less", async () => {
      const epoch = await dispute.openEpoch([BUILD]);
      for (const value of [0n, BOND - 1n, BOND + 1n]) {
        await refused(claimCall(epoch, { value }), "WrongBond", [value, BOND]);
      }
    });

    it("is about a sealed epoch, with the inputs that the claimer knows", async () => {
      const epoch = await dispute.openEpoch([BUILD]);
      const application = getAddress(epoch.application);
      await refused(claimCall(epoch, { epochId: zeroHash }), "NotThisEpoch", [
        application,
        zeroHash,
        epoch.epochId,
      ]);
      const fork = epochIdOf(application, 0n, TEMPLATE, ["0x00"]);
      await refused(claimCall(epoch, { epochId: fork }), "NotThisEpoch", [application, fork, epoch.epochId]);
      await acceptRight(epoch);
      await refused(claimCall(epoch), "NotSealed", [application, 1n]);
      await refused(claimCall({ ...epoch, application: other }), "NotSealed", [other, 0n]);
    });

    it("proves the outputs root", async () => {
      const epoch = await dispute.openEpoch([BUILD]);
      const root = keccak256("0x01");
      await refused(claimCall(epoch, { root }), "InvalidProof", [], dispute.verifier);
    });

    it("can be done by several, of one state or of others, and once by each", async () => {
      const epoch = await dispute.openEpoch([BUILD]);
      await dispute.claim(epoch, epoch.trace, claimer);
      await dispute.claim(epoch, epoch.trace, other);
      const claimId = await dispute.claim(epoch, liar(epoch.inputs), other);
      const { livingClaims, livingStates } = await epochOf(epoch.application);
      assert.deepEqual([livingClaims, livingStates], [3, 2]);
      assert.equal(claimId, claimIdOf(epoch.epochId, 0n, other, liar(epoch.inputs).end.state));
      await refused(claimCall(epoch), "AlreadyClaimed", [
        claimIdOf(epoch.epochId, 0n, claimer, epoch.trace.end.state),
      ]);
    });

    it("ends with the claim window's last block", async () => {
      const epoch = await dispute.openEpoch([BUILD]);
      await dispute.claim(epoch, epoch.trace, other);
      const { claimsUntil, challengesUntil } = await epochOf(epoch.application);
      await dispute.mineTo(claimsUntil - 1n);
      await dispute.claim(epoch, liar(epoch.inputs), other);
      assert.equal(await blockNumber(), claimsUntil);
      await refused(claimCall(epoch), "TooLateToClaim", [claimsUntil]);
      const after = await epochOf(epoch.application);
      assert.deepEqual([after.claimsUntil, after.challengesUntil], [claimsUntil, challengesUntil]);
    });
  });

  describe("accepting", () => {
    it("waits for the end of the time for challenges", async () => {
      const epoch = await dispute.openEpoch([BUILD]);
      const claimId = await dispute.claim(epoch, epoch.trace);
      const { challengesUntil } = await epochOf(epoch.application);
      await dispute.mineTo(challengesUntil - 2n);
      await refused(accept(claimId), "TooEarlyToAccept", [challengesUntil]);
      await refused(accept(claimId), "TooEarlyToAccept", [challengesUntil]);
      assert.equal(await blockNumber(), challengesUntil);
      await accept(claimId);
    });

    it("makes the outputs root valid, of this application, and goes on to the next epoch", async () => {
      const epoch = await dispute.openEpoch([BUILD]);
      const { application, trace } = epoch;
      const { state, root } = trace.end;
      const claimId = await dispute.claim(epoch, trace);
      const { sealedAt } = await epochOf(application);
      await passChallenges(application);
      assert.equal(await consensus.read.isOutputsMerkleRootValid([application, root]), false);
      const events = await dispute.eventsOf(accept(claimId));
      assert.deepEqual(
        events.map(({ eventName, args }) => [eventName, args]),
        [
          ["EpochAccepted", { application: getAddress(application), epoch: 0n, claimId, state }],
          [
            "ClaimAccepted",
            {
              appContract: getAddress(application),
              lastProcessedBlockNumber: sealedAt,
              outputsMerkleRoot: root,
            },
          ],
        ],
      );
      assert.equal(await consensus.read.isOutputsMerkleRootValid([application, root]), true);
      assert.equal(await consensus.read.isOutputsMerkleRootValid([other, root]), false);
      assert.equal(await consensus.read.isOutputsMerkleRootValid([application, zeroHash]), false);
      assert.deepEqual(await epochOf(application), {
        state,
        id: epoch.epochId,
        index: 1n,
        firstInput: 1n,
        endInput: 1n,
        sealedAt,
        claimsUntil: 0n,
        challengesUntil: 0n,
        livingClaims: 0,
        livingStates: 0,
        openGames: 0,
        round: 0,
      });
    });

    it("is for a living claim of this epoch", async () => {
      const epoch = await dispute.openEpoch([BUILD]);
      await refused(accept(zeroHash), "NotChallengeable", [zeroHash, 0]);
      const claimId = await acceptRight(epoch);
      await refused(accept(claimId), "NotChallengeable", [claimId, 1]);
      await consensus.write.releaseClaim([claimId], { gas: GAS });
      await refused(accept(claimId), "NotChallengeable", [claimId, 3]);
    });

    it("waits for open games about living claims", async () => {
      const epoch = await dispute.openEpoch([BUILD]);
      const claimId = await dispute.claim(epoch, epoch.trace);
      await dispute.mineTo((await epochOf(epoch.application)).challengesUntil - 1n);
      const gameId = await dispute.challenge(claimId);
      await refused(accept(claimId), "NotDecided", [1n, 1n]);
      await refused(reopen(epoch.application), "NothingToReopen", [1n, 1n]);
      await dispute.mineTo((await blockNumber()) + BigInt(dispute.terms.clock));
      await consensus.write.endByTimeout([gameId], { gas: GAS });
      await accept(claimId);
    });

    it("does not wait for games about dead claims", async () => {
      const epoch = await dispute.openEpoch([BUILD]);
      const right = await dispute.claim(epoch, epoch.trace);
      const wrong = await dispute.claim(epoch, liar(epoch.inputs), other);
      await dispute.challenge(wrong, claimer);
      await dispute.challenge(wrong, other);
      await kill(wrong, epoch.trace);
      const { openGames, livingClaims, livingStates, round } = await epochOf(epoch.application);
      assert.deepEqual([openGames, livingClaims, livingStates, round], [0, 1, 1, 0]);
      await refused(accept(wrong), "NotChallengeable", [wrong, 2]);
      await passChallenges(epoch.application);
      await accept(right);
    });

    it("never chooses between two states: the time for challenges is reopened", async () => {
      const epoch = await dispute.openEpoch([BUILD]);
      const { application } = epoch;
      const right = await dispute.claim(epoch, epoch.trace);
      const wrong = await dispute.claim(epoch, liar(epoch.inputs), other);
      const { challengesUntil } = await epochOf(application);
      await dispute.mineTo(challengesUntil - 1n);
      await refused(reopen(application), "TooEarlyToAccept", [challengesUntil]);
      await dispute.mineTo(challengesUntil + 5n);
      for (const claimId of [right, wrong]) {
        await refused(accept(claimId), "NotDecided", [0n, 2n]);
      }
      await refused(
        consensus.write.challenge([wrong], { account: challenger, value: BOND, gas: GAS }),
        "TooLateToChallenge",
        [challengesUntil],
      );
      const [event] = await dispute.eventsOf(reopen(application));
      const until = (await blockNumber()) + BigInt(dispute.terms.challengeWindow);
      assert.deepEqual(
        [event!.eventName, event!.args],
        ["ChallengesReopened", { application: getAddress(application), epoch: 0n, challengesUntil: until }],
      );
      assert.equal((await epochOf(application)).challengesUntil, until);
      await dispute.mineTo(until - 1n);
      const gameId = await dispute.challenge(wrong, challenger);
      await refused(reopen(application), "NothingToReopen", [1n, 2n]);
      const { moves } = await playGame(dispute, gameId, {
        challenger: honest(epoch.trace),
        claimer: async () => undefined,
      });
      assert.equal(moves, 1);
      await dispute.mineTo((await blockNumber()) + BigInt(dispute.terms.clock));
      await consensus.write.endByTimeout([gameId], { gas: GAS });
      await refused(reopen(application), "NothingToReopen", [0n, 1n]);
      await accept(right);
    });

    it("lets the stock application execute an output, and not before", async () => {
      const outputs = new Outputs();
      const index = outputs.notice("0x7b7d");
      const voucher = outputs.voucher(dispute.accounts[9]!, "0x");
      const epoch = await dispute.openEpoch([{ ...BUILD, root: outputs.root }]);
      const application = dispute.chain.contractAt(epoch.application, applicationAbi);
      const [notice, proof] = outputs.proven(index);
      const execute = () => application.write.executeOutput([...outputs.proven(voucher)], { gas: GAS });
      await refused(execute(), "InvalidOutputsMerkleRoot", [outputs.root], application);
      await acceptRight(epoch);
      await application.read.validateOutput([notice, proof]);
      await execute();
      assert.equal(await application.read.wasOutputExecuted([voucher]), true);
    });
  });

  describe("rounds", () => {
    it("begin when all claims are dead, with new windows and ids", async () => {
      const epoch = await dispute.openEpoch([BUILD]);
      const { application, epochId, trace } = epoch;
      const wrong = liar(epoch.inputs);
      const first = await dispute.claim(epoch, wrong, other);
      await kill(first, trace);
      const between = await epochOf(application);
      assert.deepEqual([between.livingClaims, between.livingStates, between.round], [0, 0, 1]);
      await dispute.mineTo(between.challengesUntil + 100n);
      await refused(reopen(application), "NothingToReopen", [0n, 0n]);
      const second = await dispute.claim(epoch, wrong, other);
      assert.equal(second, claimIdOf(epochId, 1n, other, wrong.end.state));
      const { claimsUntil, challengesUntil, livingClaims, livingStates } = await epochOf(application);
      assert.equal(claimsUntil, (await blockNumber()) + BigInt(dispute.terms.claimWindow));
      assert.equal(challengesUntil, claimsUntil + BigInt(dispute.terms.challengeWindow));
      assert.deepEqual([livingClaims, livingStates], [1, 1]);
      const right = await dispute.claim(epoch, trace);
      await kill(second, trace);
      assert.equal((await epochOf(application)).round, 1);
      await passChallenges(application);
      await accept(right);
      const { index, round } = await epochOf(application);
      assert.deepEqual([index, round], [1n, 0]);
    });

    it("are not needed while somebody else stands behind the same state", async () => {
      const epoch = await dispute.openEpoch([BUILD]);
      const sybil = await dispute.claim(epoch, epoch.trace, other);
      const right = await dispute.claim(epoch, epoch.trace, claimer);
      await kill(sybil, liar(epoch.inputs));
      const { livingClaims, livingStates, round } = await epochOf(epoch.application);
      assert.deepEqual([livingClaims, livingStates, round], [1, 1, 0]);
      await passChallenges(epoch.application);
      await accept(right);
    });
  });

  describe("releasing a claim", () => {
    const release = (claimId: Hex) => consensus.write.releaseClaim([claimId], { gas: GAS });

    it("returns the bond of every claim of the accepted state, once", async () => {
      const epoch = await dispute.openEpoch([BUILD]);
      const account = dispute.accounts[8]!;
      const same = await dispute.claim(epoch, epoch.trace, account);
      const accepted = await dispute.claim(epoch, epoch.trace, other);
      await refused(release(same), "EpochNotDecided", [same]);
      await passChallenges(epoch.application);
      await accept(accepted);
      const [event, ...more] = await dispute.eventsOf(release(same));
      assert.deepEqual(
        [event!.eventName, event!.args],
        ["ClaimReleased", { claimId: same, claimer: account }],
      );
      assert.equal(more.length, 0);
      assert.equal(await consensus.read.owed([account]), BOND);
      assert.equal((await consensus.read.claimOf([same])).status, 3);
      await refused(release(same), "NotChallengeable", [same, 3]);
      assert.equal(await consensus.read.owed([account]), BOND);
    });

    it("is not for dead claims, and not for none", async () => {
      const epoch = await dispute.openEpoch([BUILD]);
      const claimId = await dispute.claim(epoch, liar(epoch.inputs), other);
      await kill(claimId, epoch.trace);
      await refused(release(claimId), "NotChallengeable", [claimId, 2]);
      await refused(release(zeroHash), "NotChallengeable", [zeroHash, 0]);
    });
  });

  describe("epochs of many kinds", () => {
    const cases: [string, ModelInput[]][] = [
      ["1 input", [BUILD]],
      ["1 rejected input, after which everything is as before", [{ ending: "rejected", cycles: 5n }]],
      ["2 inputs", [BUILD, BUILD]],
      ["3 inputs, which are filled up", [BUILD, { ending: "halted", cycles: 5n }, BUILD]],
      ["100 inputs", Array.from({ length: 100 }, (_, index) => ({ ...BUILD, cycles: BigInt(index) }))],
    ];
    for (const [name, inputs] of cases) {
      it(`can be claimed and accepted: ${name}`, async () => {
        const epoch = await dispute.openEpoch(inputs);
        await acceptRight(epoch);
        const { state, index, firstInput } = await epochOf(epoch.application);
        assert.deepEqual([state, index, firstInput], [epoch.trace.end.state, 1n, BigInt(inputs.length)]);
      });
    }
  });
});

function keccakSelector(signature: string): Hex {
  return keccak256(encodePacked(["string"], [signature])).slice(0, 10) as Hex;
}

function epochIdOf(application: Address, index: bigint, state: Hex, inputs: readonly Hex[]): Hex {
  const inputsHash = inputs.reduce<Hex>(
    (hash, input) => keccak256(encodePacked(["bytes32", "bytes32"], [hash, keccak256(input)])),
    zeroHash,
  );
  const types = [{ type: "address" }, { type: "uint256" }, { type: "bytes32" }, { type: "bytes32" }] as const;
  return keccak256(encodeAbiParameters(types, [application, index, state, inputsHash]));
}

function claimIdOf(epochId: Hex, round: bigint, claimer: Address, state: Hex): Hex {
  const types = [{ type: "bytes32" }, { type: "uint256" }, { type: "address" }, { type: "bytes32" }] as const;
  return keccak256(encodeAbiParameters(types, [epochId, round, claimer, state]));
}
