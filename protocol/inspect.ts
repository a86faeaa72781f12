import { CartenixError, type ErrorCode } from "../support/index.ts";
/** A question to the machine, which changes nothing and costs nothing. */
export type Query =
  /** Which of these store paths does the machine's store lack? */
  | { kind: "missing"; paths: string[] }
  /** The NAR of a store path. */
  | { kind: "nar"; path: string }
  /** The log of a derivation that was built here. */
  | { kind: "log"; drvPath: string }
  /** What is known of a derivation. */
  | { kind: "build"; drvPath: string }
  | { kind: "stats" };

/** The query is none of ours; the message says why, in one line. */
export class MalformedQueryError extends CartenixError {
  readonly code: ErrorCode = "MALFORMED_QUERY";
}

/** The most paths that one `missing` may ask for. */
export const MAX_MISSING_PATHS = 10_000;

const STORE_PREFIX = "/nix/store/";
const BASE_NAME = /^[0-9a-df-np-sv-z]{32}-[0-9a-zA-Z+\-._?=]{1,211}$/;

/**
 * A query's bytes: ASCII text. `missing` and then a store path a line; `nar/<base name>`, `log/<base name>`,
 * `build/<base name>`, where the base name is the store path without `/nix/store/`; or `stats`.
 */
export function encodeQuery(query: Query): Uint8Array {
  return new TextEncoder().encode(printQuery(query));
}

/** @throws {MalformedQueryError} for anything that `encodeQuery` does not write. */
export function decodeQuery(bytes: Uint8Array): Query {
  const text = decodeAscii(bytes);
  if (text === "stats") {
    return { kind: "stats" };
  }
  if (text === "missing" || text.startsWith("missing\n")) {
    return { kind: "missing", paths: readPaths(text) };
  }
  const slash = text.indexOf("/");
  const path = STORE_PREFIX + text.slice(slash + 1);
  const kind = text.slice(0, Math.max(0, slash));
  if (kind !== "nar" && kind !== "log" && kind !== "build") {
    throw new MalformedQueryError(
      `query is none of missing, nar/…, log/…, build/… and stats: ${quote(text)}`,
    );
  }
  checkStorePath(path);
  return kind === "nar" ? { kind, path } : { kind, drvPath: checkDrvPath(path) };
}

function printQuery(query: Query): string {
  switch (query.kind) {
    case "missing":
      return ["missing", ...query.paths].join("\n");
    case "nar":
      return `nar/${baseName(query.path)}`;
    case "log":
    case "build":
      return `${query.kind}/${baseName(query.drvPath)}`;
    case "stats":
      return "stats";
    default:
      return query satisfies never;
  }
}

function baseName(path: string): string {
  checkStorePath(path);
  return path.slice(STORE_PREFIX.length);
}

function readPaths(text: string): string[] {
  const [, ...paths] = text.split("\n", MAX_MISSING_PATHS + 2);
  if (paths.length > MAX_MISSING_PATHS) {
    throw new MalformedQueryError(`missing: more than ${MAX_MISSING_PATHS} paths`);
  }
  for (const path of paths) {
    checkStorePath(path);
  }
  return paths;
}

function checkDrvPath(path: string): string {
  if (!path.endsWith(".drv")) {
    throw new MalformedQueryError(`not a derivation's path: ${quote(path)}`);
  }
  return path;
}

function checkStorePath(path: string): void {
  const name = path.startsWith(STORE_PREFIX) ? path.slice(STORE_PREFIX.length) : "";
  if (!BASE_NAME.test(name)) {
    throw new MalformedQueryError(`not a store path: ${quote(path)}`);
  }
}

function decodeAscii(bytes: Uint8Array): string {
  if (bytes.some((byte) => byte > 126)) {
    throw new MalformedQueryError("query is not ASCII text");
  }
  return new TextDecoder().decode(bytes);
}

function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
