/**
 * What the machine says in a report: one UTF-8 JSON object a report. Reports cannot be proved; what is proved is in
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
export interface BuiltOutput {
  name: string;
  path: string;
  /** sha256 of the NAR, 64 hexadecimal digits. */
  narHash: string;
  /** In bytes. */
  narSize: number;
}

/** A report is not one that Cartenix's machine writes. */
export class MalformedReportError extends Error {
  override name = "MalformedReportError";
}

export function encodeReport(report: Report): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(report));
}

/**
 * Reads a report that is not a piece of a NAR.
 *
 * @throws {MalformedReportError}
 */
export function decodeReport(bytes: Uint8Array): Report {
  const value = parseObject(bytes);
  if (!isKind(value.kind))
    throw new MalformedReportError(`report of the unknown kind ${JSON.stringify(value.kind)}`);
  if (!checks[value.kind](value))
    throw new MalformedReportError(`report of kind ${value.kind} with wrong fields`);
  return value as unknown as Report;
}

type Fields = Record<string, unknown>;

const isText = (value: unknown): value is string => typeof value === "string";
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

const checks: Record<Report["kind"], (fields: Fields) => boolean> = {
  error: ({ message }) => isText(message),
  info: ({ message }) => isText(message),
  log: ({ drvPath, text }) => isText(drvPath) && isText(text),
  missing: ({ paths }) => Array.isArray(paths) && paths.every(isText),
  build: ({ drvPath, inputIndex, outputs }) =>
    isText(drvPath) &&
    (inputIndex === null || isCount(inputIndex)) &&
    Array.isArray(outputs) &&
    outputs.every(isBuiltOutput),
  stats: ({ paths, derivations, uploads }) => [paths, derivations, uploads].every(isCount),
};

function isKind(value: unknown): value is Report["kind"] {
  return isText(value) && Object.hasOwn(checks, value);
}

function isBuiltOutput(value: unknown): value is BuiltOutput {
  if (typeof value !== "object" || value === null) return false;
  const { name, path, narHash, narSize } = value as Fields;
  return (
    isText(name) && isText(path) && isText(narHash) && /^[0-9a-f]{64}$/.test(narHash) && isCount(narSize)
  );
}

function parseObject(bytes: Uint8Array): Fields {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new MalformedReportError("report is not JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new MalformedReportError("report is not a JSON object");
  return value as Fields;
}
