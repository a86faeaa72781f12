import type { Address, Hex } from "viem";
import { nextMove } from "../../../../machine/dispute/game/nextMove.ts";
import { type Liar, lyingMove, randomMove } from "./liar.ts";
import type { ModelTrace } from "./modelTrace.ts";
import { type Action, callOf, moveIn, type Player, type SeenGame, type View } from "./simulation.ts";

interface Contest {
  application: Address;
  epochId: Hex;
  bond: bigint;
}

/** The honest side: challenges every wrong claim, defends its own, and does what anybody may. */
export class Guard implements Player {
  readonly account: Address;
  readonly #contest: Contest;
  readonly #trace: ModelTrace;
  /** In which of the epoch's blocks it begins to claim. */
  readonly #delay: number;
  #seen = 0;

  constructor(account: Address, contest: Contest, trace: ModelTrace, delay: number) {
    this.account = account;
    this.#contest = contest;
    this.#trace = trace;
    this.#delay = delay;
  }

  async act(view: View): Promise<Action[]> {
    const actions: Action[] = [];
    if (this.#seen++ >= this.#delay && this.#mustClaim(view)) {
      actions.push({
        ...claimOf(this.account, this.#contest, this.#trace.end),
        mayFail: () => view.isAccepted,
      });
    }
    for (const claim of view.claims) {
      const isWrong = claim.status === "living" && claim.state !== this.#trace.end.state;
      const isMine = view.games.some((game) => game.claim === claim && game.challenger === this.account);
      if (isWrong && !isMine && view.block < view.challengesUntil) {
        const call = callOf("challenge", [claim.id]);
        const mayFail = () => claim.status === "dead";
        actions.push({ from: this.account, call, value: this.#contest.bond, mayFail });
      }
    }
    for (const game of view.games.filter(isOpen)) {
      if (clockEnds(game) <= view.block) {
        const mayFail = () => game.hasEnded || game.claim.status === "dead";
        actions.push({ from: this.account, call: callOf("endByTimeout", [game.id]), mayFail });
      } else if (moverOf(game) === this.account) {
        actions.push(moveIn(game, this.account, await nextMove(game.position, this.#trace)));
      }
    }
    return [...actions, ...this.#decide(view)];
  }

  #mustClaim({ block, claims, games, claimsUntil, round }: View): boolean {
    const living = claims.filter(({ status }) => status === "living");
    const right = living.filter(({ state }) => state === this.#trace.end.state);
    if (
      right.some(({ claimer }) => claimer === this.account) ||
      (living.length > 0 && block >= claimsUntil)
    ) {
      return false;
    }
    const isChallenged = games.some((game) => isOpen(game) && right.includes(game.claim));
    return right.length === 0 || isChallenged || round > 0;
  }

  #decide({ block, claims, games, challengesUntil }: View): Action[] {
    const living = claims.filter(({ status }) => status === "living");
    const states = new Set(living.map(({ state }) => state));
    if (living.length === 0 || block < challengesUntil || games.some(isOpen)) {
      return [];
    }
    const call =
      states.size === 1 ? callOf("accept", [living[0]!.id]) : callOf("reopen", [this.#contest.application]);
    return [{ from: this.account, call, mayFail: () => true }];
  }
}

export interface LiarPlan {
  /** `sybil` claims the right state and loses on purpose, against itself. */
  role: "claimer" | "challenger" | "both" | "sybil";
  /** In which of the blocks after the first claim it comes. */
  delay: number;
  /** After so many moves it stops. */
  moves: number;
  isRandom: boolean;
  /** Whether it challenges only when nobody can claim any more. */
  isLate: boolean;
}

/** Somebody who lies, in one role or several. */
export class LyingPlayer implements Player {
  readonly account: Address;
  readonly #contest: Contest;
  readonly #plan: LiarPlan;
  readonly #liar: Liar;
  readonly #claimed: { state: Hex; root: Hex };
  #left: number;
  #seen = 0;
  #claims: number;
  readonly #challenged = new Set<Hex>();
  readonly #proved = new Set<Hex>();

  constructor(
    account: Address,
    contest: Contest,
    plan: LiarPlan,
    liar: Liar,
    claimed: { state: Hex; root: Hex },
  ) {
    this.account = account;
    this.#contest = contest;
    this.#plan = plan;
    this.#liar = liar;
    this.#claimed = plan.role === "sybil" ? liar.truth.end : claimed;
    this.#left = plan.moves;
    this.#claims = plan.role === "challenger" ? 0 : 2;
  }

  async act(view: View): Promise<Action[]> {
    if (this.#seen++ < this.#plan.delay) {
      return [];
    }
    const actions: Action[] = [];
    const living = view.claims.filter(({ status }) => status === "living");
    const own = living.filter(({ claimer }) => claimer === this.account);
    if (this.#claims > 0 && own.length === 0 && (living.length === 0 || view.block < view.claimsUntil)) {
      this.#claims--;
      actions.push(claimOf(this.account, this.#contest, this.#claimed));
    }
    if (this.#plan.role !== "claimer") {
      const target = this.#plan.role === "sybil" ? own[0] : living.at(this.#liar.random(3) - 1);
      const isTime = !this.#plan.isLate || view.block >= view.claimsUntil;
      if (target && isTime && !this.#challenged.has(target.id)) {
        this.#challenged.add(target.id);
        actions.push({
          from: this.account,
          call: callOf("challenge", [target.id]),
          value: this.#contest.bond,
        });
      }
    }
    for (const game of view.games.filter(isOpen)) {
      if (moverOf(game) === this.account && this.#plays(game) && this.#left-- > 0) {
        if (game.position.partHeight === 0) {
          this.#proved.add(game.id);
        }
        const choose = this.#plan.isRandom ? randomMove : lyingMove;
        actions.push(moveIn(game, this.account, await choose(game.position, this.#liar)));
      }
    }
    return actions.map((action) => ({ ...action, mayFail: () => true }));
  }

  /** A sybil's claimer lets its challenger win, and nobody tries the same proof again. */
  #plays({ id, isClaimersTurn, claim, challenger }: SeenGame): boolean {
    return (
      !this.#proved.has(id) &&
      !(this.#plan.role === "sybil" && isClaimersTurn && claim.claimer === challenger)
    );
  }
}

function claimOf(from: Address, contest: Contest, { state, root }: { state: Hex; root: Hex }): Action {
  const call = callOf("claim", [contest.application, contest.epochId, state, root]);
  return { from, call, value: contest.bond };
}

function isOpen({ hasEnded, claim }: SeenGame): boolean {
  return !hasEnded && claim.status === "living";
}

function moverOf({ isClaimersTurn, claim, challenger }: SeenGame): Address {
  return isClaimersTurn ? claim.claimer : challenger;
}

/** The last block in which the mover can move. */
function clockEnds({ movedAt, clocks, isClaimersTurn }: SeenGame): bigint {
  return movedAt + clocks[isClaimersTurn ? "claimer" : "challenger"];
}
