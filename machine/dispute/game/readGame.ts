import { type Address, getAbiItem, type Hex, type PublicClient } from "viem";
import { disputeConsensusAbi } from "../../../abi/index.ts";
import { GameNotReadableError } from "./disputeErrors.ts";
import { CLAIM_STATUSES, type Game, type Position } from "./game.ts";
import { listRoot, type StateList } from "./stateList.ts";

export interface GameQuery {
  consensus: Address;
  gameId: Hex;
  /** A block at or before the challenge, where the search for moves starts. */
  fromBlock: bigint;
  /** The block at which the game is read. */
  blockNumber: bigint;
}

const DIVIDED = getAbiItem({ abi: disputeConsensusAbi, name: "SegmentDivided" });
const ENDED = 0n;

/**
 * Reads a game as it stands at a block. Its last list comes from the logs, and is the one whose root the chain keeps.
 *
 * @throws {GameNotReadableError} when there is no such game, or the endpoint's logs lack its last move.
 */
export async function readGame(client: PublicClient, query: GameQuery): Promise<Game> {
  const { gameId, blockNumber } = query;
  const contract = { address: query.consensus, abi: disputeConsensusAbi, blockNumber } as const;
  const game = await client.readContract({ ...contract, functionName: "gameOf", args: [gameId] });
  const claim = await client.readContract({ ...contract, functionName: "claimOf", args: [game.claimId] });
  const claimStatus = CLAIM_STATUSES[claim.status];
  if (claimStatus === undefined || claimStatus === "none") {
    throw new GameNotReadableError(gameId, "the chain has no such game");
  }
  const epoch = await client.readContract({
    ...contract,
    functionName: "epochOf",
    args: [claim.application],
  });
  const lists = [{ start: epoch.state, states: [claim.state] }, ...(await readLists(client, query))];
  const list = lists.findLast((candidate) => listRoot(candidate) === game.listRoot);
  const hasEnded = BigInt(game.listRoot) === ENDED;
  if (list === undefined && !hasEnded) {
    throw new GameNotReadableError(gameId, "the endpoint's logs lack its last move");
  }
  const { position, partHeight } = game;
  return {
    gameId,
    claimId: game.claimId,
    claimStatus,
    application: claim.application,
    epoch: claim.epoch,
    claimer: claim.claimer,
    challenger: game.challenger,
    mover: game.isClaimersTurn ? "claimer" : "challenger",
    movedAt: BigInt(game.movedAt),
    clocks: { claimer: BigInt(game.claimerClock), challenger: BigInt(game.challengerClock) },
    position: list && !hasEnded ? ({ position, partHeight, list } satisfies Position) : undefined,
  };
}

/** The lists that both sides have posted, in order. A game has a few dozen at most. */
async function readLists(client: PublicClient, query: GameQuery): Promise<StateList[]> {
  const logs = await client.getLogs({
    address: query.consensus,
    event: DIVIDED,
    args: { gameId: query.gameId },
    fromBlock: query.fromBlock,
    toBlock: query.blockNumber,
    strict: true,
  });
  return logs
    .map(({ args: { start, states } }) => ({ start, states }))
    .filter(({ states }) => isPowerOfTwo(states.length));
}

function isPowerOfTwo(length: number): boolean {
  return length > 0 && (length & (length - 1)) === 0;
}
