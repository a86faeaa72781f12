import { type Address, type Hash, type Hex, isAddress } from "viem";
import { type Check, isCount, isObject, isText } from "../json/shape.ts";
import { MalformedDeploymentError } from "../protocolErrors.ts";

/** What was deployed on a chain: all that a reader needs to find it. */
export interface Deployment {
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
  /** The Authority or Quorum that accepts the application's claims. */
  consensus: Address;
  /** The account that submits claims; the first validator of a Quorum. */
  claimer: Address;
  /** The validators of a Quorum; an Authority has none. */
  validators?: Address[];
  /** The account that created the application and was its first owner. With `salt` and the terms it gives the application's address. */
  deployer: Address;
  /** The salt with which Cartesi's factories created consensus and application. */
  salt: Hash;
  /** The account that can change the application's consensus; zero when nobody can. */
  owner: Address;
  /** In blocks. */
  epochLength: number;
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
  for (const [field, check] of Object.entries(FIELDS)) {
    if (!check(deployment[field])) {
      throw new MalformedDeploymentError(`${field} is missing or wrong`);
    }
  }
  const unknown = Object.keys(deployment).find((field) => !Object.hasOwn(FIELDS, field));
  if (unknown !== undefined) {
    throw new MalformedDeploymentError(`unknown field ${JSON.stringify(unknown.slice(0, 80))}`);
  }
  return deployment as unknown as Deployment;
}

const isAnAddress: Check = (value) => isText(value) && isAddress(value);
const isHash: Check = (value) => isText(value) && /^0x[0-9a-f]{64}$/.test(value);

const FIELDS: Readonly<Record<keyof Deployment, Check>> = {
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
  claimer: isAnAddress,
  validators: (value) => value === undefined || (Array.isArray(value) && value.every(isAnAddress)),
  deployer: isAnAddress,
  salt: isHash,
  owner: isAnAddress,
  epochLength: isCount,
  templateHash: isHash,
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
