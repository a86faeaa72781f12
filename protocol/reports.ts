import { CartenixError, type ErrorCode } from "../support/index.ts";
import { canonicalJson, NotCanonicalJsonError, parseCanonicalJson } from "./canonicalJson.ts";

/**
 * What the machine says in a report: one JSON object a report, in canonical form. Reports cannot be proved; what is proved is in
 * the outputs. Only the answer to `nar` is no JSON: its reports, one after the other, are the NAR's bytes.
 */
export type Report =
  /** Why the input or the query was rejected: one line. */
  | { kind: "error"; message: string }
  /** What a reader should know about an input that was accepted without outputs: one line. */
  | { kind: "info"; message: string }
  /** A piece of a build's log; the pieces of one derivation follow each other. */
  | { kind: "log"; drvPath: string; text: string }
  /** Answers `missing`: those of the paths asked for that the machine's store lacks, in the order asked. */
  | { kind: "missing"; paths: string[] }
  /** Answers `build`: what the machine knows of a derivation's outputs. */
  | { kind: "build"; drvPath: string; inputIndex: number | null; outputs: BuiltOutput[] }
  /** Answers `stats`. */
  | { kind: "stats"; paths: number; derivations: number; uploads: number };

/** One output of a derivation that the machine has. */
export type BuiltOutput = {
  name: string;
  path: string;
  /** sha256 of the NAR, 64 hexadecimal digits. */
  narHash: string;
  /** In bytes. */
  narSize: number;
};

/** A report is not one that Cartenix's machine writes. */
export class MalformedReportError extends CartenixError {
  readonly code: ErrorCode = "MALFORMED_REPORT";
}

export function encodeReport(report: Report): Uint8Array {
  return new TextEncoder().encode(canonicalJson(report));
}

/**
 * Reads what `encodeReport` writes, and nothing else.
 *
 * @throws {MalformedReportError}
 */
export function decodeReport(bytes: Uint8Array): Report {
  const value = parse(bytes);
  const kind = isObject(value) ? value.kind : undefined;
  if (!isKind(kind)) {
    throw new MalformedReportError("report of an unknown kind");
  }
  if (!hasShape(value, { kind: isKind, ...SHAPES[kind] })) {
    throw new MalformedReportError(`report of kind ${kind} with wrong fields`);
  }
  return value as unknown as Report;
}

type Check = (value: unknown) => boolean;
/** What the fields of an object are; it has no others. */
type Shape = Readonly<Record<string, Check>>;

const isText = (value: unknown) => typeof value === "string";
const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
const isSha256 = (value: unknown) => typeof value === "string" && /^[0-9a-f]{64}$/.test(value);
const isNull = (value: unknown) => value === null;
const listOf = (check: Check) => (value: unknown) => Array.isArray(value) && value.every(check);

const BUILT_OUTPUT: Shape = { name: isText, path: isText, narHash: isSha256, narSize: isCount };

const SHAPES: Readonly<Record<Report["kind"], Shape>> = {
  error: { message: isText },
  info: { message: isText },
  log: { drvPath: isText, text: isText },
  missing: { paths: listOf(isText) },
  build: {
    drvPath: isText,
    inputIndex: (value) => isNull(value) || isCount(value),
    outputs: listOf((value) => hasShape(value, BUILT_OUTPUT)),
  },
  stats: { paths: isCount, derivations: isCount, uploads: isCount },
};

/** Every kind of report. */
export const REPORT_KINDS = Object.keys(SHAPES) as readonly Report["kind"][];

function isKind(value: unknown): value is Report["kind"] {
  return typeof value === "string" && Object.hasOwn(SHAPES, value);
}

function hasShape(value: unknown, shape: Shape): boolean {
  return (
    isObject(value) &&
    Object.keys(value).every((field) => Object.hasOwn(shape, field)) &&
    Object.entries(shape).every(([field, check]) => check(value[field]))
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parse(bytes: Uint8Array): unknown {
  try {
    return parseCanonicalJson(bytes);
  } catch (error) {
    if (error instanceof NotCanonicalJsonError) {
      throw new MalformedReportError(`report is ${error.message}`);
    }
    throw error;
  }
}
