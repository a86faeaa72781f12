import { CartenixError, type ErrorCode } from "../support/index.ts";
/** What JSON can say. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** The text is not the canonical JSON of any value; the message says why, in one line. */
export class NotCanonicalJsonError extends CartenixError {
  readonly code: ErrorCode = "NOT_CANONICAL_JSON";
}

/** The most objects and lists inside one another that are read. */
const MAX_DEPTH = 16;

/** JSON in one spelling only: keys sorted, no white space (RFC 8785, of which whole numbers are all that is used). */
export function canonicalJson(value: Json): string {
  return JSON.stringify(sortKeys(value));
}

/**
 * Reads what `canonicalJson` writes, and nothing else.
 *
 * @throws {NotCanonicalJsonError}
 */
export function parseCanonicalJson(bytes: Uint8Array): Json {
  const text = decode(bytes);
  if (isDeep(text)) {
    throw new NotCanonicalJsonError(`more than ${MAX_DEPTH} objects and lists inside one another`);
  }
  const value = parse(text);
  if (canonicalJson(value) !== text) {
    throw new NotCanonicalJsonError("not in canonical form");
  }
  return value;
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new NotCanonicalJsonError("not UTF-8");
  }
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw new NotCanonicalJsonError("not JSON");
  }
}

/** Looks at brackets only; those in strings do not count. */
function isDeep(text: string): boolean {
  let depth = 0;
  let isInString = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (isInString && character === "\\") {
      at += 1;
    } else if (character === '"') {
      isInString = !isInString;
    } else if (!isInString && (character === "[" || character === "{")) {
      depth += 1;
    } else if (!isInString && (character === "]" || character === "}")) {
      depth -= 1;
    }
    if (depth > MAX_DEPTH) {
      return true;
    }
  }
  return false;
}

function sortKeys(value: Json): Json {
  if (Array.isArray(value)) {
    return value.map(sortKeys);
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sortKeys(item)]));
}
