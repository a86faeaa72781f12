import { type Address, encodeFunctionData, type Hex, type PublicClient } from "viem";
import { disputeConsensusAbi } from "../../../abi/index.ts";
import { GameEndedError } from "../game/disputeErrors.ts";
import { encodeMove } from "../game/encodeMove.ts";
import { nextMove } from "../game/nextMove.ts";
import { readGame } from "../game/readGame.ts";
import type { EpochTrace } from "../trace/epochTrace.ts";
import type { Action } from "./dueActions.ts";
import type { DisputesQuery } from "./readDisputes.ts";

/** A transaction to the consensus. */
export interface Call {
  to: Address;
  data: Hex;
  /** In wei. */
  value: bigint;
}

export interface CallContext {
  client: PublicClient;
  query: DisputesQuery;
  /** In wei. */
  bond: bigint;
  /** The trace of the current epoch; opened only for what needs it. */
  openTrace(): Promise<EpochTrace>;
}

/**
 * The transaction that takes an action. Moves and claims need the machine, and so may take minutes.
 *
 * @throws {NothingToDisputeError} when the other side of a game is right.
 * @throws {GameNotReadableError} when the endpoint lacks a part of the game.
 */
export async function callOf(action: Action, context: CallContext): Promise<Call> {
  const abi = disputeConsensusAbi;
  const { consensus, application } = context.query;
  const call = (data: Hex, value = 0n): Call => ({ to: consensus, data, value });
  switch (action.kind) {
    case "move":
      return call(await moveData(action.game.gameId, context));
    case "claim": {
      const outputsProof = await (await context.openTrace()).proveOutputsRoot();
      const args = [application, action.epochId, action.state, outputsProof] as const;
      return call(encodeFunctionData({ abi, functionName: "claim", args }), context.bond);
    }
    case "challenge":
      return call(
        encodeFunctionData({ abi, functionName: "challenge", args: [action.claimId] }),
        context.bond,
      );
    case "accept":
    case "releaseClaim":
      return call(encodeFunctionData({ abi, functionName: action.kind, args: [action.claimId] }));
    case "endByTimeout":
    case "releaseChallenge":
      return call(encodeFunctionData({ abi, functionName: action.kind, args: [action.gameId] }));
    case "seal":
    case "reopen":
      return call(encodeFunctionData({ abi, functionName: action.kind, args: [application] }));
    default:
      return action satisfies never;
  }
}

async function moveData(gameId: Hex, { client, query, openTrace }: CallContext): Promise<Hex> {
  const { position } = await readGame(client, { ...query, gameId });
  if (position === undefined) {
    throw new GameEndedError(gameId);
  }
  return encodeMove(gameId, await nextMove(position, await openTrace()));
}
