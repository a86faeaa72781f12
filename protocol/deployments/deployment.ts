import { type Address, isAddress, zeroAddress } from "viem";
import {
  MalformedDeploymentError,
  parseDeployment as parseVoted,
  type Deployment as Voted,
} from "../index.ts";
import { type Check, hasShape, isCount, isObject, isText, type Shape } from "../json/shape.ts";

/** What was deployed on a chain: all that a reader needs to find it. */
export type Deployment = VotedDeployment | DisputableDeployment;

/** An application whose claims are accepted by an Authority, or by the majority of a Quorum. */
export type VotedDeployment = Voted;

/** An application whose claims anybody can submit, and anybody can dispute. */
export interface DisputableDeployment extends Omit<Voted, (typeof ONLY_OF_VOTES)[number]> {
  dispute: DisputeTerms;
}

/** What a consensus with disputes was created with, besides the InputBox: its address follows from these. */
export interface DisputeTerms {
  /** The contract that computes a step of the machine. */
  stepVerifier: Address;
  /** How many inputs an epoch has at most. */
  maxInputs: number;
  /** How long after the first claim of an epoch others can claim, in blocks. */
  claimWindow: number;
  /** How long after that claims can be challenged, in blocks. */
  challengeWindow: number;
  /** How long a side can take for all its moves in a game, in blocks. */
  clock: number;
  /** What a claimer, and a challenger, must deposit: decimal digits, in wei. */
  bond: string;
}

/** A deployment as the JSON text of a file. */
export function formatDeployment(deployment: Deployment): string {
  return `${JSON.stringify(deployment, null, 2)}\n`;
}

/**
 * Parses what `formatDeployment` writes, in any spelling of JSON: every field must be there, and no other.
 *
 * @throws {MalformedDeploymentError} naming the field.
 */
export function parseDeployment(text: string): Deployment {
  const deployment = parseJson(text);
  if (!isObject(deployment) || !("dispute" in deployment)) {
    return parseVoted(text);
  }
  const { dispute, ...others } = deployment;
  if (!hasShape(dispute, TERMS)) {
    throw new MalformedDeploymentError("dispute is missing or wrong");
  }
  const foreign = ONLY_OF_VOTES.find((field) => field in others);
  if (foreign !== undefined) {
    throw new MalformedDeploymentError(`unknown field ${JSON.stringify(foreign)}`);
  }
  // All other fields are those of a deployment with a vote.
  parseVoted(JSON.stringify({ ...others, claimer: zeroAddress, epochLength: 1 }));
  return deployment as unknown as DisputableDeployment;
}

const ONLY_OF_VOTES = ["claimer", "validators", "epochLength"] as const;
const MAX_UINT32 = 2 ** 32 - 1;

const isTerm: Check = (value) => isCount(value) && value > 0 && value <= MAX_UINT32;

const TERMS: Shape<DisputeTerms> = {
  stepVerifier: (value) => isText(value) && isAddress(value),
  maxInputs: isTerm,
  claimWindow: isTerm,
  challengeWindow: isTerm,
  clock: isTerm,
  bond: (value) => isText(value) && /^[1-9][0-9]{0,27}$/.test(value),
};

/** `undefined` if it is not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
