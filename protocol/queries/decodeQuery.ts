import { MalformedQueryError } from "../protocolErrors.ts";
import { fromBaseName, toBaseName } from "./baseName.ts";
import { MAX_MISSING_PATHS, type Query } from "./query.ts";
import { quote } from "./quote.ts";

/** What follows the query's first word, from the separator on: a slash or a line end; `undefined` where it may not. */
const DECODERS: {
  readonly [Kind in Query["kind"]]: (rest: string) => Extract<Query, { kind: Kind }> | undefined;
} = {
  missing: (rest) => (rest.startsWith("/") ? undefined : { kind: "missing", paths: parsePaths(rest) }),
  nar: (rest) => (rest.startsWith("/") ? { kind: "nar", path: fromBaseName(rest.slice(1)) } : undefined),
  log: (rest) => (rest.startsWith("/") ? { kind: "log", drvPath: parseDrvPath(rest.slice(1)) } : undefined),
  build: (rest) =>
    rest.startsWith("/") ? { kind: "build", drvPath: parseDrvPath(rest.slice(1)) } : undefined,
  stats: (rest) => (rest === "" ? { kind: "stats" } : undefined),
};

/** Every kind of query. */
export const QUERY_KINDS = Object.keys(DECODERS) as readonly Query["kind"][];

/** @throws {MalformedQueryError} for anything that `encodeQuery` does not write. */
export function decodeQuery(bytes: Uint8Array): Query {
  const text = decodeAscii(bytes);
  const separator = text.search(/[/\n]/);
  const end = separator < 0 ? text.length : separator;
  const word = text.slice(0, end);
  const query = isKind(word) ? DECODERS[word](text.slice(end)) : undefined;
  if (!query) {
    throw new MalformedQueryError(`unknown query ${quote(text)}: expected one of ${QUERY_KINDS.join(", ")}`);
  }
  return query;
}

function isKind(word: string): word is Query["kind"] {
  return Object.hasOwn(DECODERS, word);
}

/** A path a line, each after its line end. */
function parsePaths(lines: string): string[] {
  const [, ...paths] = lines.split("\n", MAX_MISSING_PATHS + 2);
  if (paths.length > MAX_MISSING_PATHS) {
    throw new MalformedQueryError(`missing: more than ${MAX_MISSING_PATHS} paths`);
  }
  for (const path of paths) {
    toBaseName(path);
  }
  return paths;
}

function parseDrvPath(baseName: string): string {
  const path = fromBaseName(baseName);
  if (!path.endsWith(".drv")) {
    throw new MalformedQueryError(`not a derivation's path: ${quote(path)}`);
  }
  return path;
}

function decodeAscii(bytes: Uint8Array): string {
  if (bytes.some((byte) => byte > 126)) {
    throw new MalformedQueryError("query is not ASCII text");
  }
  return new TextDecoder().decode(bytes);
}
