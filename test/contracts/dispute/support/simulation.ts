import assert from "node:assert/strict";
import {
  type Abi,
  type Address,
  encodeFunctionData,
  formatLog,
  type Hex,
  numberToHex,
  parseEventLogs,
  type RpcLog,
} from "viem";
import { disputeConsensusAbi } from "../../../../abi/index.ts";
import { encodeMove } from "../../../../machine/dispute/game/encodeMove.ts";
import type { Position } from "../../../../machine/dispute/game/game.ts";
import type { StateList } from "../../../../machine/dispute/game/stateList.ts";
import { epochHeight } from "../../../../machine/dispute/trace/heights.ts";
import type { ModelTrace } from "./modelTrace.ts";
import type { TestDispute } from "./startDispute.ts";

/** A claim as the events tell of it. */
export interface SeenClaim {
  readonly id: Hex;
  readonly claimer: Address;
  readonly state: Hex;
  status: "living" | "dead" | "released";
}

/** A game as the events tell of it. */
export interface SeenGame {
  readonly id: Hex;
  readonly claim: SeenClaim;
  readonly challenger: Address;
  position: Position;
  isClaimersTurn: boolean;
  movedAt: bigint;
  clocks: { claimer: bigint; challenger: bigint };
  hasEnded: boolean;
}

/** A transaction that somebody sends for the next block. */
export interface Action {
  from: Address;
  call: Hex;
  value?: bigint;
  /** Why it may fail nevertheless, as seen after the block; liars' may always. */
  mayFail?: () => boolean;
}

/** What the players of an epoch see: all that its events told up to the last block. */
export interface View {
  readonly block: bigint;
  readonly claims: readonly SeenClaim[];
  readonly games: readonly SeenGame[];
  readonly claimsUntil: bigint;
  readonly challengesUntil: bigint;
  readonly round: number;
  readonly isAccepted: boolean;
}

export interface Player {
  readonly account: Address;
  act(view: View): Promise<Action[]>;
}

type Epoch = { application: Address; epochId: Hex; inputs: readonly Hex[]; trace: ModelTrace };

/** Encodes a call of the consensus. */
export function callOf(
  functionName:
    | "accept"
    | "challenge"
    | "claim"
    | "endByTimeout"
    | "releaseChallenge"
    | "releaseClaim"
    | "reopen"
    | "withdraw",
  args: readonly unknown[],
): Hex {
  return encodeFunctionData({ abi: disputeConsensusAbi as Abi, functionName, args });
}

const GAS = numberToHex(2_000_000n);

/** Lets players play about one epoch, block by block, and checks after each what must always hold. */
export class Simulation {
  readonly #dispute: TestDispute;
  readonly #epoch: Epoch;
  readonly #players: readonly Player[];
  readonly #shuffle: <T>(items: T[]) => T[];
  readonly #claims = new Map<Hex, SeenClaim>();
  readonly #games = new Map<Hex, SeenGame>();
  #honest: Address | undefined;
  #block = 0n;
  #firstClaimOfRound = 0n;
  #claimsUntil = 0n;
  #challengesUntil = 0n;
  #round = 0;
  #acceptedAt: bigint | undefined;
  transactions = 0;

  constructor(
    dispute: TestDispute,
    epoch: Epoch,
    players: readonly Player[],
    shuffle: <T>(items: T[]) => T[],
  ) {
    this.#dispute = dispute;
    this.#epoch = epoch;
    this.#players = players;
    this.#shuffle = shuffle;
  }

  /** Plays until the epoch is decided and everything is returned and withdrawn. */
  async run(limits: { blocks: bigint; rounds: number; honest: Address }): Promise<void> {
    this.#honest = limits.honest;
    const { provider, client } = this.#dispute.chain;
    this.#block = await client.getBlockNumber({ cacheTime: 0 });
    await provider.request({ method: "evm_setAutomine", params: [false] });
    try {
      while (this.#acceptedAt === undefined) {
        await this.#playBlock();
        assert.ok(this.#round <= limits.rounds, `${this.#round} rounds`);
        const since = this.#firstClaimOfRound === 0n ? 0n : this.#block - this.#firstClaimOfRound;
        assert.ok(since <= limits.blocks, `${since} blocks since the first claim of the round`);
      }
      await this.#settle();
    } finally {
      await provider.request({ method: "evm_setAutomine", params: [true] });
    }
  }

  async #playBlock(): Promise<void> {
    const view = this.#view();
    const actions: Action[] = [];
    for (const player of this.#players) {
      actions.push(...(await player.act(view)));
    }
    if (actions.length === 0) {
      await this.#skipTo(this.#nextEvent());
    } else {
      await this.#mine(this.#shuffle(actions));
    }
    await this.#check();
  }

  /** The block before the one in which something can next be done that cannot be done now. */
  #nextEvent(): bigint {
    const times = [this.#claimsUntil, this.#challengesUntil, this.#block + 1n];
    for (const game of this.#games.values()) {
      if (!game.hasEnded && game.claim.status === "living") {
        times.push(game.movedAt + game.clocks[game.isClaimersTurn ? "claimer" : "challenger"]);
      }
    }
    const later = times.filter((time) => time > this.#block).sort((a, b) => Number(a - b));
    return later.find((time) => time > this.#block + 1n) ?? this.#block + 1n;
  }

  async #skipTo(block: bigint): Promise<void> {
    const count = numberToHex(block - this.#block);
    await this.#dispute.chain.provider.request({ method: "hardhat_mine", params: [count] });
    this.#block = block;
  }

  async #mine(actions: readonly Action[]): Promise<void> {
    const { provider } = this.#dispute.chain;
    const to = this.#dispute.consensus.address;
    const hashes: Hex[] = [];
    for (const { from, call, value = 0n } of actions) {
      const transaction = { from, to, data: call, value: numberToHex(value), gas: GAS };
      hashes.push((await provider.request({ method: "eth_sendTransaction", params: [transaction] })) as Hex);
    }
    await provider.request({ method: "hardhat_mine", params: ["0x1"] });
    this.#block += 1n;
    const failed: Action[] = [];
    for (const [index, hash] of hashes.entries()) {
      const receipt = (await provider.request({ method: "eth_getTransactionReceipt", params: [hash] })) as {
        status: Hex;
        blockNumber: Hex;
        logs: RpcLog[];
      };
      assert.equal(BigInt(receipt.blockNumber), this.#block);
      this.transactions++;
      if (receipt.status === "0x1") {
        this.#read(receipt.logs);
      } else {
        failed.push(actions[index]!);
      }
    }
    for (const { mayFail = () => true, call } of failed) {
      assert.ok(mayFail(), `an honest transaction failed: ${call.slice(0, 10)}`);
    }
  }

  #read(logs: RpcLog[]): void {
    for (const event of parseEventLogs({
      abi: disputeConsensusAbi,
      logs: logs.map((log) => formatLog(log)),
    })) {
      switch (event.eventName) {
        case "StateClaimed": {
          const { claimId: id, claimer, state } = event.args;
          const isFirst = this.#living().length === 0;
          this.#claims.set(id, { id, claimer, state, status: "living" });
          if (isFirst) {
            this.#firstClaimOfRound = this.#block;
            this.#claimsUntil = this.#block + BigInt(this.#dispute.terms.claimWindow);
            this.#challengesUntil = this.#claimsUntil + BigInt(this.#dispute.terms.challengeWindow);
          }
          break;
        }
        case "ClaimChallenged": {
          const claim = this.#claims.get(event.args.claimId)!;
          const clock = BigInt(this.#dispute.terms.clock);
          const list: StateList = { start: this.#epoch.trace.kept(0), states: [claim.state] };
          this.#games.set(event.args.gameId, {
            id: event.args.gameId,
            claim,
            challenger: event.args.challenger,
            position: { position: 0n, partHeight: epochHeight(this.#epoch.inputs.length), list },
            isClaimersTurn: false,
            movedAt: this.#block,
            clocks: { claimer: clock, challenger: clock },
            hasEnded: false,
          });
          break;
        }
        case "SegmentDivided": {
          const game = this.#games.get(event.args.gameId)!;
          const { byClaimer, position, partHeight, start, states } = event.args;
          game.clocks[byClaimer ? "claimer" : "challenger"] -= this.#block - game.movedAt;
          game.position = { position, partHeight: Number(partHeight), list: { start, states } };
          game.isClaimersTurn = !byClaimer;
          game.movedAt = this.#block;
          break;
        }
        case "GameEnded": {
          const game = this.#games.get(event.args.gameId)!;
          game.hasEnded = true;
          if (event.args.reward > 0n) {
            const loser = event.args.claimerWon ? game.challenger : game.claim.claimer;
            assert.notEqual(loser, this.#honest, "the honest side lost its bond");
          }
          if (!event.args.claimerWon && event.args.reward > 0n) {
            game.claim.status = "dead";
            if (this.#living().length === 0) {
              this.#round += 1;
              this.#firstClaimOfRound = 0n;
            }
          }
          break;
        }
        case "ChallengesReopened":
          this.#challengesUntil = event.args.challengesUntil;
          break;
        case "EpochAccepted":
          assert.equal(event.args.state, this.#epoch.trace.end.state, "a wrong claim was accepted");
          this.#acceptedAt = this.#block;
          break;
        case "ClaimReleased":
          this.#claims.get(event.args.claimId)!.status = "released";
      }
    }
  }

  #living(): SeenClaim[] {
    return [...this.#claims.values()].filter(({ status }) => status === "living");
  }

  #view(): View {
    return {
      block: this.#block,
      claims: [...this.#claims.values()],
      games: [...this.#games.values()],
      claimsUntil: this.#claimsUntil,
      challengesUntil: this.#challengesUntil,
      round: this.#round,
      isAccepted: this.#acceptedAt !== undefined,
    };
  }

  /** The contract has what it owes: what can be withdrawn, the bonds of living claims, and those of open challenges. */
  async #check(): Promise<void> {
    const bonds =
      this.#living().length + [...this.#games.values()].filter(({ hasEnded }) => !hasEnded).length;
    const owed = await this.#owed();
    const balance = await this.#dispute.balance();
    assert.equal(balance, owed + BigInt(bonds) * this.#dispute.terms.bond, "the contract's money");
  }

  async #owed(): Promise<bigint> {
    const { consensus } = this.#dispute;
    const accounts = [...new Set(this.#players.map(({ account }) => account)), await consensus.read.BURNT()];
    let owed = 0n;
    for (const account of accounts) {
      owed += await consensus.read.owed([account]);
    }
    return owed;
  }

  /** Returns and pays everything; nothing is left then. */
  async #settle(): Promise<void> {
    const from = this.#players[0]!.account;
    const act = (call: Hex): Action => ({ from, call, mayFail: () => false });
    const releases = [
      ...this.#living().map(({ id }) => act(callOf("releaseClaim", [id]))),
      ...[...this.#games.values()]
        .filter(({ hasEnded }) => !hasEnded)
        .map(({ id }) => act(callOf("releaseChallenge", [id]))),
    ];
    await this.#mine(releases);
    await this.#check();
    const { consensus } = this.#dispute;
    const payments: Action[] = [];
    for (const account of new Set([
      ...this.#players.map((player) => player.account),
      await consensus.read.BURNT(),
    ])) {
      if ((await consensus.read.owed([account])) > 0n) {
        payments.push(act(callOf("withdraw", [account])));
      }
    }
    await this.#mine(payments);
    assert.equal(await this.#dispute.balance(), 0n, "money is left");
  }
}

/** The transaction that makes a move in a game. */
export function moveIn(game: SeenGame, from: Address, move: Parameters<typeof encodeMove>[1]): Action {
  return {
    from,
    call: encodeMove(game.id, move),
    mayFail: () => game.hasEnded || game.claim.status === "dead",
  };
}
