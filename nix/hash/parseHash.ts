import { parseBase32 } from "../base32.ts";
import { quote } from "../bytes/quote.ts";
import { Base32FormatError, HashFormatError } from "../nixErrors.ts";
import { formatHash } from "./formatHash.ts";
import { DIGEST_BYTES, type Hash, type HashAlgorithm, isHashAlgorithm } from "./hash.ts";
import { parseHex } from "./hex.ts";

const SHAPE = /^([a-z0-9]{1,8})([:-])([0-9a-zA-Z+/=]{1,192})$/;

/**
 * Reads what `formatHash` returns: `sha256:<hex>`, `sha256:<base 32>` or `sha256-<base 64>`.
 *
 * @throws {HashFormatError} on anything else, including upper-case hex and base 64 with stray bits.
 */
export function parseHash(text: string): Hash {
  const [, algorithm, separator, body] = SHAPE.exec(text) ?? [];
  if (algorithm === undefined || separator === undefined || body === undefined) {
    throw new HashFormatError(`${quote(text)} does not have the form algorithm:digest or algorithm-base64`);
  }
  if (!isHashAlgorithm(algorithm)) {
    throw new HashFormatError(`${quote(algorithm)} is not a known algorithm`);
  }
  return separator === "-" ? parseSri(algorithm, body) : parsePrefixed(algorithm, body);
}

function parsePrefixed(algorithm: HashAlgorithm, body: string): Hash {
  const size = DIGEST_BYTES[algorithm];
  if (body.length === size * 2) {
    return { algorithm, digest: parseHex(body) };
  }
  if (body.length === Math.ceil((size * 8) / 5)) {
    return { algorithm, digest: parseBase32Digest(body) };
  }
  throw new HashFormatError(
    `${quote(body)} has neither the length of a ${algorithm} digest in base 16 nor in base 32`,
  );
}

function parseBase32Digest(body: string): Uint8Array {
  try {
    return parseBase32(body);
  } catch (error) {
    if (error instanceof Base32FormatError) {
      throw new HashFormatError(error.reason, error.position);
    }
    throw error;
  }
}

function parseSri(algorithm: HashAlgorithm, body: string): Hash {
  const digest = decodeBase64(body);
  if (digest?.length !== DIGEST_BYTES[algorithm]) {
    throw new HashFormatError(`${quote(body)} is not a ${algorithm} digest in base 64`);
  }
  const hash: Hash = { algorithm, digest };
  if (formatHash(hash, "sri") !== `${algorithm}-${body}`) {
    throw new HashFormatError(`${quote(body)} is not canonical base 64`);
  }
  return hash;
}

function decodeBase64(body: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(body), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}
