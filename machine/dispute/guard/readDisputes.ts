import { type Address, getAbiItem, type Hex, type PublicClient, zeroHash } from "viem";
import { disputeConsensusAbi, inputBoxAbi } from "../../../abi/index.ts";
import { CLAIM_STATUSES } from "../game/game.ts";
import type { Claim, Disputes, Epoch, GameStatus } from "./disputes.ts";

export interface DisputesQuery {
  consensus: Address;
  application: Address;
  inputBox: Address;
  /** A block at or before the seal of the epoch before the current one, where the search for claims starts. */
  fromBlock: bigint;
  /** The block at which everything is read. */
  blockNumber: bigint;
}

const CLAIMED = getAbiItem({ abi: disputeConsensusAbi, name: "StateClaimed" });
const CHALLENGED = getAbiItem({ abi: disputeConsensusAbi, name: "ClaimChallenged" });

/** Reads an application's claims and games as they stand at a block. */
export async function readDisputes(client: PublicClient, query: DisputesQuery): Promise<Disputes> {
  const epoch = await readEpoch(client, query);
  const found = await findClaims(client, query, epoch.index);
  const games = await readGames(client, query, found);
  const claims = await Promise.all(found.map(({ claimId }) => readClaim(client, query, claimId, games)));
  const isCurrent = (_: Claim, index: number) => found[index]!.epoch === epoch.index;
  return {
    blockNumber: query.blockNumber,
    epoch,
    claims: claims.filter(isCurrent),
    unreleased: claims.filter((claim, index) => !isCurrent(claim, index) && claim.status !== "released"),
  };
}

async function readEpoch(client: PublicClient, query: DisputesQuery): Promise<Epoch> {
  const { application, blockNumber } = query;
  const [epoch, inputs] = await Promise.all([
    client.readContract({ ...contractOf(query), functionName: "epochOf", args: [application] }),
    client.readContract({
      address: query.inputBox,
      abi: inputBoxAbi,
      functionName: "getNumberOfInputs",
      args: [application],
      blockNumber,
    }),
  ]);
  return {
    index: epoch.index,
    id: epoch.id,
    state: epoch.state === zeroHash ? undefined : epoch.state,
    firstInput: epoch.firstInput,
    endInput: epoch.endInput,
    inputs,
    claimsUntil: epoch.claimsUntil,
    challengesUntil: epoch.challengesUntil,
    livingClaims: BigInt(epoch.livingClaims),
    livingStates: BigInt(epoch.livingStates),
    openGames: BigInt(epoch.openGames),
    round: BigInt(epoch.round),
  };
}

/** The claims about the current epoch and the one before. */
async function findClaims(
  client: PublicClient,
  { consensus, application, fromBlock, blockNumber }: DisputesQuery,
  index: bigint,
): Promise<{ claimId: Hex; epoch: bigint }[]> {
  const logs = await client.getLogs({
    address: consensus,
    event: CLAIMED,
    args: { application, epoch: index === 0n ? [index] : [index - 1n, index] },
    fromBlock,
    toBlock: blockNumber,
    strict: true,
  });
  return logs.map(({ args: { claimId, epoch } }) => ({ claimId, epoch }));
}

async function readClaim(
  client: PublicClient,
  query: DisputesQuery,
  claimId: Hex,
  games: readonly GameStatus[],
): Promise<Claim> {
  const claim = await client.readContract({
    ...contractOf(query),
    functionName: "claimOf",
    args: [claimId],
  });
  return {
    claimId,
    claimer: claim.claimer,
    state: claim.state,
    status: CLAIM_STATUSES[claim.status] ?? "none",
    games: games.filter((game) => game.claimId === claimId),
  };
}

async function readGames(
  client: PublicClient,
  query: DisputesQuery,
  claims: readonly { claimId: Hex }[],
): Promise<GameStatus[]> {
  if (claims.length === 0) {
    return [];
  }
  const logs = await client.getLogs({
    address: query.consensus,
    event: CHALLENGED,
    args: { claimId: claims.map(({ claimId }) => claimId) },
    fromBlock: query.fromBlock,
    toBlock: query.blockNumber,
    strict: true,
  });
  return Promise.all(logs.map(({ args: { gameId } }) => readGameStatus(client, query, gameId)));
}

async function readGameStatus(client: PublicClient, query: DisputesQuery, gameId: Hex): Promise<GameStatus> {
  const game = await client.readContract({ ...contractOf(query), functionName: "gameOf", args: [gameId] });
  return {
    gameId,
    claimId: game.claimId,
    challenger: game.challenger,
    isOpen: game.listRoot !== zeroHash,
    mover: game.isClaimersTurn ? "claimer" : "challenger",
    movedAt: BigInt(game.movedAt),
    clocks: { claimer: BigInt(game.claimerClock), challenger: BigInt(game.challengerClock) },
  };
}

function contractOf({ consensus, blockNumber }: DisputesQuery) {
  return { address: consensus, abi: disputeConsensusAbi, blockNumber } as const;
}
