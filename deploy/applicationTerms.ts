import {
  type Address,
  getAddress,
  type Hash,
  type Hex,
  isAddress,
  isHash,
  parseEther,
  zeroAddress,
} from "viem";
import { stepVerifierAddress } from "../abi/index.ts";
import type { PinnedTemplate } from "../machine/image/index.ts";
import type { DisputeTerms } from "../protocol/deployments/index.ts";
import { DeploymentError } from "./deploymentError.ts";

/** The terms of an application: the content of a parameter file. */
export type ApplicationTerms = VotedTerms | DisputableTerms;

export interface VotedTerms extends CommonTerms {
  /** In blocks. */
  epochLength: number;
  /** The account that submits claims to the application's own Authority, or the validators of its Quorum. */
  consensus: { authority: Address } | { quorum: Address[] };
}

export interface DisputableTerms extends CommonTerms {
  consensus: { dispute: DisputeTerms };
  /** What shows the consensus that disputes can start from the template; without it somebody must show it later. */
  templateProof?: Hex;
}

interface CommonTerms {
  /** The root hash of the machine's template. */
  templateHash: Hex;
  /** Who owns the application and can therefore change its consensus; nobody by default. */
  owner?: "deployer";
  /** Distinguishes applications with the same terms; the first that is free by default. */
  salt?: Hash;
}

const PARAMETERS = ["templateHash", "epochLength", "consensus", "owner", "salt"];
const DISPUTE_PARAMETERS = ["maxInputs", "claimWindow", "challengeWindow", "clock", "bond"];
const MAX_UINT32 = 2 ** 32 - 1;
/** More take too much gas to seal: the contract's own limit. */
const MAX_INPUTS = 1024;

/** Whether anybody can claim, and dispute claims. */
export function isDisputable(terms: ApplicationTerms): terms is DisputableTerms {
  return "dispute" in terms.consensus;
}

/**
 * Checks the content of a parameter file.
 *
 * @param pinned The template used when the file names none.
 * @throws {DeploymentError} naming the parameter.
 */
export function parseTerms(
  value: unknown,
  pinned: Omit<PinnedTemplate, "manifest"> | undefined,
): ApplicationTerms {
  if (!isObject(value)) {
    throw wrong("the parameters", "an object");
  }
  requireKnown(value, PARAMETERS);
  const templateHash = value.templateHash ?? pinned?.templateHash;
  if (typeof templateHash !== "string" || !isHash(templateHash)) {
    throw wrong("templateHash", "32 bytes in hex, starting with 0x");
  }
  const { owner, salt } = value;
  if (owner !== undefined && owner !== "deployer") {
    throw wrong("owner", '"deployer", or left out');
  }
  if (salt !== undefined && !(typeof salt === "string" && isHash(salt))) {
    throw wrong("salt", "32 bytes in hex, starting with 0x, or left out");
  }
  const common: CommonTerms = { templateHash, ...(owner && { owner }), ...(salt && { salt }) };
  const consensus = parseConsensus(value.consensus);
  if ("dispute" in consensus) {
    if (value.epochLength !== undefined) {
      throw new DeploymentError("the parameter epochLength is wrong", {
        remedy: "leave it out: where claims can be disputed, an epoch ends when somebody seals it",
      });
    }
    const isPinned = templateHash.toLowerCase() === pinned?.templateHash.toLowerCase();
    const templateProof = isPinned ? pinned?.templateProof : undefined;
    return { ...common, consensus, ...(templateProof && { templateProof }) };
  }
  return { ...common, epochLength: parseBlocks(value.epochLength, "epochLength"), consensus };
}

function parseConsensus(value: unknown): ApplicationTerms["consensus"] {
  if (!isObject(value) || Object.keys(value).length !== 1) {
    throw wrong("consensus", "{ authority: address }, { quorum: [addresses] } or { dispute: { … } }");
  }
  if ("authority" in value) {
    return { authority: parseAddress(value.authority, "consensus.authority") };
  }
  if ("dispute" in value) {
    return { dispute: parseDispute(value.dispute) };
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

function parseDispute(value: unknown): DisputeTerms {
  if (!isObject(value)) {
    throw wrong("consensus.dispute", `an object with ${DISPUTE_PARAMETERS.join(", ")}`);
  }
  requireKnown(value, DISPUTE_PARAMETERS, "consensus.dispute.");
  return {
    stepVerifier: stepVerifierAddress(),
    maxInputs: parseMaxInputs(value.maxInputs),
    claimWindow: parseBlocks(value.claimWindow, "consensus.dispute.claimWindow"),
    challengeWindow: parseBlocks(value.challengeWindow, "consensus.dispute.challengeWindow"),
    clock: parseBlocks(value.clock, "consensus.dispute.clock"),
    bond: parseBond(value.bond),
  };
}

/** Digits alone: no signs, exponents or other forms that `parseEther` knows. */
function parseBond(value: unknown): string {
  if (typeof value === "string" && /^\d{1,9}(\.\d{1,18})?$/.test(value)) {
    const wei = parseEther(value);
    if (wei > 0n) {
      return wei.toString();
    }
  }
  throw wrong("consensus.dispute.bond", 'a text in ether, more than zero, such as "0.1"');
}

function parseMaxInputs(value: unknown): number {
  if (!isWholeNumber(value, MAX_INPUTS)) {
    throw wrong("consensus.dispute.maxInputs", `a whole number, from 1 to ${MAX_INPUTS}`);
  }
  return value;
}

function parseBlocks(value: unknown, name: string): number {
  if (!isWholeNumber(value, MAX_UINT32)) {
    throw wrong(name, `a whole number of blocks, from 1 to ${MAX_UINT32}`);
  }
  return value;
}

function isWholeNumber(value: unknown, max: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= max;
}

function parseAddress(value: unknown, name: string): Address {
  if (typeof value !== "string" || !isAddress(value) || value === zeroAddress) {
    throw wrong(name, "an address other than zero");
  }
  return getAddress(value);
}

function requireKnown(value: Record<string, unknown>, names: readonly string[], prefix = ""): void {
  const unknown = Object.keys(value).find((key) => !names.includes(key));
  if (unknown !== undefined) {
    throw wrong(`${prefix}${unknown}`, `one of ${names.join(", ")}`);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function wrong(name: string, expected: string): DeploymentError {
  return new DeploymentError(`the parameter ${name} is wrong`, { remedy: `make it ${expected}` });
}
