import { encodeFunctionData, type Hex } from "viem";
import { disputeConsensusAbi } from "../../../abi/index.ts";
import type { Move } from "./nextMove.ts";

/** The call of the consensus that makes a move. */
export function encodeMove(gameId: Hex, move: Move): Hex {
  const abi = disputeConsensusAbi;
  switch (move.kind) {
    case "divide":
      return encodeFunctionData({ abi, functionName: "divide", args: [gameId, move.part, move.states] });
    case "enterInput":
      return encodeFunctionData({
        abi,
        functionName: "enterInput",
        args: [gameId, move.part, move.states, move.statusProof],
      });
    case "proveNoInput":
      return encodeFunctionData({ abi, functionName: "proveNoInput", args: [gameId, move.part] });
    case "proveTransition":
      return encodeFunctionData({
        abi,
        functionName: "proveTransition",
        args: [gameId, move.part, move.proof],
      });
    default:
      return move satisfies never;
  }
}
