import { NotCanonicalJsonError } from "../protocolErrors.ts";
import { canonicalJson, type Json } from "./canonicalJson.ts";

/** The most objects and lists inside one another that are read. */
const MAX_DEPTH = 16;

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
