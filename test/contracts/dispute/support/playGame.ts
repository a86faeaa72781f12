import { type Address, type Hex, parseEventLogs } from "viem";
import { disputeConsensusAbi } from "../../../../abi/index.ts";
import { encodeMove } from "../../../../machine/dispute/game/encodeMove.ts";
import type { Position } from "../../../../machine/dispute/game/game.ts";
import { type Move, nextMove } from "../../../../machine/dispute/game/nextMove.ts";
import { readGame } from "../../../../machine/dispute/game/readGame.ts";
import type { ModelTrace } from "./modelTrace.ts";
import type { TestDispute } from "./startDispute.ts";

/** A side of a game: what it does when it is its turn, or nothing. */
export type Strategy = (game: Position) => Promise<Move | undefined>;

/** The side that tells the truth. */
export function honest(trace: ModelTrace): Strategy {
  return (game) => nextMove(game, trace);
}

/** A strategy that stops after so many moves. */
export function stopAfter(moves: number, strategy: Strategy): Strategy {
  let left = moves;
  return async (game) => (left-- > 0 ? strategy(game) : undefined);
}

/** Lets two sides play until one wins or stops; returns how many moves they made and the last event. */
export async function playGame(
  dispute: TestDispute,
  gameId: Hex,
  { claimer, challenger }: { claimer: Strategy; challenger: Strategy },
) {
  const { chain, consensus } = dispute;
  for (let moves = 0; ; moves++) {
    const blockNumber = await chain.client.getBlockNumber({ cacheTime: 0 });
    const query = { consensus: consensus.address, gameId, fromBlock: 0n, blockNumber };
    const game = await readGame(chain.client, query);
    if (!game.position) {
      return { moves, game };
    }
    const strategy = game.mover === "claimer" ? claimer : challenger;
    const move = await strategy(game.position);
    if (!move) {
      return { moves, game };
    }
    await sendMove(dispute, gameId, move, game[game.mover]);
  }
}

/** Makes a move; returns its events. */
export async function sendMove({ chain, consensus }: TestDispute, gameId: Hex, move: Move, mover: Address) {
  const data = encodeMove(gameId, move);
  const hash = await chain.wallets[0]!.sendTransaction({
    account: mover,
    to: consensus.address,
    data,
    gas: 10_000_000n,
  });
  const { logs, gasUsed } = await chain.client.getTransactionReceipt({ hash });
  return { gasUsed, events: parseEventLogs({ abi: disputeConsensusAbi, logs }) };
}
