import { type Address, type Hash, type Hex, isAddress } from "viem";
import { type Check, hasShape, isCount, isObject, isText, type Shape } from "../json/shape.ts";
import { MalformedDeploymentError } from "../protocolErrors.ts";

/** What was deployed on a chain: all that a reader needs to find it. */
export type Deployment = VotedDeployment | DisputableDeployment;

/** An application whose claims are accepted by an Authority, or by the majority of a Quorum. */
export interface VotedDeployment extends DeployedApplication {
  /** The account that submits claims; the first validator of a Quorum. */
  claimer: Address;
  /** The validators of a Quorum; an Authority has none. */
  validators?: Address[];
  /** In blocks. */
  epochLength: number;
}

/** An application whose claims anybody can submit, and anybody can dispute. */
export interface DisputableDeployment extends DeployedApplication {
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

interface DeployedApplication {
  chainId: number;
  /** The hash of block 0, which distinguishes two local chains with the same id. */
  genesisHash: Hash;
  /** The block that created the registry: no event of the registry is older, whichever application it is about. */
  registryBlock: number;
  /** The block that created the application. */
  applicationBlock: number;
  inputBox: Address;
  applicationFactory: Address;
  authorityFactory: Address;
  quorumFactory: Address;
  registry: Address;
  policyFactory: Address;
  application: Address;
  /** The contract that accepts the application's claims. */
  consensus: Address;
  /** The account that created the application and was its first owner. With `salt` and the terms it gives the application's address. */
  deployer: Address;
  /** The salt with which Cartesi's factories created the application, and the consensus if it is one of theirs. */
  salt: Hash;
  /** The account that can change the application's consensus; zero when nobody can. */
  owner: Address;
  templateHash: Hex;
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
  const deployment = parseObject(text);
  const fields: Record<string, Check> = {
    ...COMMON_FIELDS,
    ...("dispute" in deployment ? DISPUTABLE_FIELDS : VOTED_FIELDS),
  };
  for (const [field, check] of Object.entries(fields)) {
    if (!check(deployment[field])) {
      throw new MalformedDeploymentError(`${field} is missing or wrong`);
    }
  }
  const unknown = Object.keys(deployment).find((field) => !Object.hasOwn(fields, field));
  if (unknown !== undefined) {
    throw new MalformedDeploymentError(`unknown field ${JSON.stringify(unknown.slice(0, 80))}`);
  }
  return deployment as unknown as Deployment;
}

const MAX_UINT32 = 0xffff_ffff;

const isAnAddress: Check = (value) => isText(value) && isAddress(value);
const isHash: Check = (value) => isText(value) && /^0x[0-9a-f]{64}$/.test(value);
const isTerm: Check = (value) => isCount(value) && value > 0 && value <= MAX_UINT32;

const COMMON_FIELDS: Shape<DeployedApplication> = {
  chainId: isCount,
  genesisHash: isHash,
  registryBlock: isCount,
  applicationBlock: isCount,
  inputBox: isAnAddress,
  applicationFactory: isAnAddress,
  authorityFactory: isAnAddress,
  quorumFactory: isAnAddress,
  registry: isAnAddress,
  policyFactory: isAnAddress,
  application: isAnAddress,
  consensus: isAnAddress,
  deployer: isAnAddress,
  salt: isHash,
  owner: isAnAddress,
  templateHash: isHash,
};

const VOTED_FIELDS: Shape<Omit<VotedDeployment, keyof DeployedApplication>> = {
  claimer: isAnAddress,
  validators: (value) => value === undefined || (Array.isArray(value) && value.every(isAnAddress)),
  epochLength: isCount,
};

const DISPUTE_FIELDS: Shape<DisputeTerms> = {
  stepVerifier: isAnAddress,
  maxInputs: isTerm,
  claimWindow: isTerm,
  challengeWindow: isTerm,
  clock: isTerm,
  bond: (value) => isText(value) && /^[1-9][0-9]{0,27}$/.test(value),
};

const DISPUTABLE_FIELDS: Shape<Omit<DisputableDeployment, keyof DeployedApplication>> = {
  dispute: (value) => hasShape(value, DISPUTE_FIELDS),
};

function parseObject(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new MalformedDeploymentError("not JSON");
  }
  if (!isObject(value)) {
    throw new MalformedDeploymentError("not an object");
  }
  return value;
}
