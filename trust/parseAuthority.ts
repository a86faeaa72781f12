import { type Address, isAddress } from "viem";
import type { Authority } from "./authority.ts";
import { formatAuthority } from "./formatAuthority.ts";
import { AuthorityFormatError } from "./trustErrors.ts";

/** Characters of the longest text that is read. */
const MAX_LENGTH = 10_000;
/** Levels of thresholds within thresholds. */
const MAX_DEPTH = 8;
const TOKEN = /\s*(0x[0-9a-fA-F]*|\d+|of\b|policy:|[(),]|\S)/gy;

/**
 * Parses whom to believe: `0x…` is an application, `policy:0x…` a policy, `2 of (0x…, 0x…, 1 of (policy:0x…, 0x…))` a threshold.
 *
 * @throws {AuthorityFormatError} naming what is wrong.
 */
export function parseAuthority(text: string): Authority {
  if (text.length > MAX_LENGTH) {
    throw new AuthorityFormatError(`longer than ${MAX_LENGTH} characters`);
  }
  const tokens = [...text.trim().matchAll(TOKEN)].map(([, token]) => token!);
  const authority = parse(tokens, 1);
  if (tokens.length > 0) {
    throw new AuthorityFormatError(`${JSON.stringify(tokens[0])} comes after the end`);
  }
  return authority;
}

function parse(tokens: string[], depth: number): Authority {
  const token = tokens.shift();
  if (token === undefined) {
    throw new AuthorityFormatError("it ends where an address or a threshold should be");
  }
  if (token === "policy:") {
    return { kind: "policy", address: parseAddress(tokens.shift() ?? "") };
  }
  if (/^\d+$/.test(token)) {
    return parseThreshold(token, tokens, depth);
  }
  return { kind: "application", address: parseAddress(token) };
}

function parseThreshold(count: string, tokens: string[], depth: number): Authority {
  if (depth > MAX_DEPTH) {
    throw new AuthorityFormatError(`more than ${MAX_DEPTH} thresholds within each other`);
  }
  expect(tokens, "of");
  expect(tokens, "(");
  const of: Authority[] = [];
  do {
    of.push(parse(tokens, depth + 1));
  } while (takeComma(tokens));
  expect(tokens, ")");
  const threshold = Number(count);
  if (threshold < 1 || threshold > of.length) {
    throw new AuthorityFormatError(`${count} of ${of.length} is not from 1 to ${of.length}`);
  }
  const parts = of.map((part) => formatAuthority(part).toLowerCase());
  const repeated = parts.find((part, index) => parts.indexOf(part) !== index);
  if (repeated !== undefined) {
    throw new AuthorityFormatError(`${repeated} is named twice, but has one vote`);
  }
  return { kind: "threshold", threshold, of };
}

function takeComma(tokens: string[]): boolean {
  const isComma = tokens[0] === ",";
  if (isComma) {
    tokens.shift();
  }
  return isComma;
}

function expect(tokens: string[], wanted: string): void {
  const token = tokens.shift();
  if (token !== wanted) {
    throw new AuthorityFormatError(
      `${token === undefined ? "it ends" : `${JSON.stringify(token)} stands`} where ${JSON.stringify(wanted)} should be`,
    );
  }
}

function parseAddress(text: string): Address {
  if (!isAddress(text)) {
    throw new AuthorityFormatError(
      `${JSON.stringify(text)} is not an address: 0x and 40 hex digits, with the right checksum if letters of both cases occur`,
    );
  }
  return text;
}
