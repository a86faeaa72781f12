import { type Address, type Hex, isAddressEqual } from "viem";
import type { Side } from "../game/game.ts";
import { type Claim, type Disputes, type GameStatus, isSealed, lastBlockToMove } from "./disputes.ts";

/** What an honest player does next, named after the function of `IDisputeConsensus`; `move` stands for the right one. */
export type Action =
  | { kind: "move"; game: GameStatus }
  | { kind: "endByTimeout"; gameId: Hex }
  | { kind: "challenge"; claimId: Hex }
  | { kind: "claim"; epochId: Hex; state: Hex }
  | { kind: "accept"; claimId: Hex }
  | { kind: "reopen" }
  | { kind: "seal" }
  | { kind: "releaseChallenge"; gameId: Hex }
  | { kind: "releaseClaim"; claimId: Hex };

export interface Player {
  address: Address;
  /** The state after the epoch's last input that this player's machine computed; `undefined` while it is computing. */
  state: Hex | undefined;
}

/**
 * What is due for an honest player in the next block, the most urgent first. It depends on nothing but the chain and the
 * player's machine, so a player who was away or killed goes on where the chain is.
 */
export function dueActions(disputes: Disputes, player: Player): Action[] {
  return [
    ...moves(disputes, player),
    ...timeouts(disputes),
    ...challenges(disputes, player),
    ...claims(disputes, player),
    ...decisions(disputes, player),
    ...releases(disputes, player),
  ];
}

/** The game whose clock runs out first comes first. */
function moves(disputes: Disputes, { address }: Player): Action[] {
  return openGames(disputes)
    .filter(({ claim, game }) => isAddressEqual(moverOf(claim, game), address) && !isOver(game, disputes))
    .map(({ game }) => game)
    .sort((a, b) => Number(lastBlockToMove(a) - lastBlockToMove(b)))
    .map((game) => ({ kind: "move", game }));
}

/** Also games of others: they keep the epoch from being decided. */
function timeouts(disputes: Disputes): Action[] {
  return openGames(disputes)
    .filter(({ game }) => isOver(game, disputes))
    .map(({ game: { gameId } }) => ({ kind: "endByTimeout", gameId }));
}

function challenges({ claims, epoch, blockNumber }: Disputes, { address, state }: Player): Action[] {
  if (state === undefined || blockNumber + 1n > epoch.challengesUntil) {
    return [];
  }
  return claims
    .filter((claim) => claim.status === "living" && claim.state !== state)
    .filter(({ games }) => !games.some(({ challenger }) => isAddressEqual(challenger, address)))
    .map(({ claimId }) => ({ kind: "challenge", claimId }));
}

/**
 * A right claim of somebody else suffices while nobody disputes it. If it is challenged, its claimer may lose on purpose, so
 * the right state needs a claim that is defended.
 */
function claims({ claims, epoch, blockNumber }: Disputes, { address, state }: Player): Action[] {
  const isOpen = epoch.livingClaims === 0n || blockNumber + 1n <= epoch.claimsUntil;
  if (state === undefined || !isSealed(epoch) || !isOpen) {
    return [];
  }
  const right = claims.filter((claim) => claim.status === "living" && claim.state === state);
  const isOurs = right.some(({ claimer }) => isAddressEqual(claimer, address));
  const isUndisputed = right.some(({ games }) => games.length === 0) && epoch.round === 0n;
  return isOurs || isUndisputed ? [] : [{ kind: "claim", epochId: epoch.id, state }];
}

function decisions({ claims, epoch, blockNumber }: Disputes, { state }: Player): Action[] {
  if (!isSealed(epoch)) {
    return epoch.state !== undefined && epoch.inputs > epoch.firstInput ? [{ kind: "seal" }] : [];
  }
  if (epoch.livingClaims === 0n || epoch.openGames > 0n || blockNumber + 1n <= epoch.challengesUntil) {
    return [];
  }
  if (epoch.livingStates > 1n) {
    return [{ kind: "reopen" }];
  }
  const living = claims.find(({ status }) => status === "living");
  return living !== undefined && living.state === state ? [{ kind: "accept", claimId: living.claimId }] : [];
}

function releases({ claims, unreleased }: Disputes, { address }: Player): Action[] {
  const ours = (one: Address) => isAddressEqual(one, address);
  return [
    ...[...claims, ...unreleased]
      .filter(({ status }) => status === "dead")
      .flatMap(({ games }) => games)
      .filter(({ isOpen, challenger }) => isOpen && ours(challenger))
      .map(({ gameId }): Action => ({ kind: "releaseChallenge", gameId })),
    ...unreleased
      .filter(({ status, claimer }) => status === "living" && ours(claimer))
      .map(({ claimId }): Action => ({ kind: "releaseClaim", claimId })),
  ];
}

function openGames({ claims }: Disputes): { claim: Claim; game: GameStatus }[] {
  return claims
    .filter(({ status }) => status === "living")
    .flatMap((claim) => claim.games.filter(({ isOpen }) => isOpen).map((game) => ({ claim, game })));
}

function moverOf(claim: Claim, game: GameStatus): Address {
  return ({ claimer: claim.claimer, challenger: game.challenger } satisfies Record<Side, Address>)[
    game.mover
  ];
}

/** Whether the mover's clock will have run out in the next block. */
function isOver(game: GameStatus, { blockNumber }: Disputes): boolean {
  return blockNumber + 1n > lastBlockToMove(game);
}
