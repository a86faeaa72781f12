import { type Address, getAddress, type Hash, type Hex, isAddress, isHash, zeroAddress } from "viem";
import { DeploymentError } from "./deploymentError.ts";

/** The terms of an application: the content of a parameter file. */
export interface ApplicationTerms {
  /** The root hash of the machine's template. */
  templateHash: Hex;
  /** In blocks. */
  epochLength: number;
  /** The account that submits claims to the application's own Authority, or the validators of its Quorum. */
  consensus: { authority: Address } | { quorum: Address[] };
  /** Who owns the application and can therefore change its consensus; nobody by default. */
  owner?: "deployer";
  /** Distinguishes applications with the same terms; the first that is free by default. */
  salt?: Hash;
}

const PARAMETERS = ["templateHash", "epochLength", "consensus", "owner", "salt"];

/**
 * Checks the content of a parameter file.
 *
 * @param templateHash The template's hash used when the file names none.
 * @throws {DeploymentError} naming the parameter.
 */
export function parseTerms(value: unknown, templateHash: Hex | undefined): ApplicationTerms {
  if (!isObject(value)) {
    throw wrong("the parameters", "an object");
  }
  const unknown = Object.keys(value).find((key) => !PARAMETERS.includes(key));
  if (unknown) {
    throw wrong(unknown, `one of ${PARAMETERS.join(", ")}`);
  }
  const hash = value.templateHash ?? templateHash;
  if (typeof hash !== "string" || !isHash(hash)) {
    throw wrong("templateHash", "32 bytes in hex, starting with 0x");
  }
  const { epochLength, owner, salt } = value;
  if (!Number.isSafeInteger(epochLength) || (epochLength as number) < 1) {
    throw wrong("epochLength", "a whole number of blocks, 1 or more");
  }
  if (owner !== undefined && owner !== "deployer") {
    throw wrong("owner", '"deployer", or left out');
  }
  if (salt !== undefined && !(typeof salt === "string" && isHash(salt))) {
    throw wrong("salt", "32 bytes in hex, starting with 0x, or left out");
  }
  return {
    templateHash: hash,
    epochLength: epochLength as number,
    consensus: parseConsensus(value.consensus),
    ...(owner === undefined ? {} : { owner }),
    ...(salt === undefined ? {} : { salt }),
  };
}

function parseConsensus(value: unknown): ApplicationTerms["consensus"] {
  if (!isObject(value) || Object.keys(value).length !== 1) {
    throw wrong("consensus", "{ authority: address } or { quorum: [addresses] }");
  }
  if ("authority" in value) {
    return { authority: parseAddress(value.authority, "consensus.authority") };
  }
  if (!Array.isArray(value.quorum) || value.quorum.length === 0) {
    throw wrong("consensus.quorum", "a list of addresses");
  }
  const quorum = value.quorum.map((item) => parseAddress(item, "consensus.quorum"));
  if (new Set(quorum).size < quorum.length) {
    throw wrong("consensus.quorum", "a list without duplicates");
  }
  return { quorum };
}

function parseAddress(value: unknown, name: string): Address {
  if (typeof value !== "string" || !isAddress(value) || value === zeroAddress) {
    throw wrong(name, "an address other than zero");
  }
  return getAddress(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function wrong(name: string, expected: string): DeploymentError {
  return new DeploymentError(`the parameter ${name} is wrong`, { remedy: `make it ${expected}` });
}
