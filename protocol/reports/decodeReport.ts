import { parseCanonicalJson } from "../json/parseCanonicalJson.ts";
import { hasShape, isCount, isObject, isSha256, isText, listOf, type Shape } from "../json/shape.ts";
import { MalformedReportError, NotCanonicalJsonError } from "../protocolErrors.ts";
import type { BuiltOutput, Report } from "./report.ts";

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

const BUILT_OUTPUT: Shape<BuiltOutput> = { name: isText, path: isText, narHash: isSha256, narSize: isCount };

const SHAPES: {
  readonly [Kind in Report["kind"]]: Shape<Omit<Extract<Report, { kind: Kind }>, "kind">>;
} = {
  error: { message: isText },
  info: { message: isText },
  log: { drvPath: isText, text: isText },
  missing: { paths: listOf(isText) },
  build: {
    drvPath: isText,
    inputIndex: (value) => value === null || isCount(value),
    outputs: listOf((value) => hasShape(value, BUILT_OUTPUT)),
  },
  stats: { paths: isCount, derivations: isCount, uploads: isCount },
};

/** Every kind of report. */
export const REPORT_KINDS = Object.keys(SHAPES) as readonly Report["kind"][];

function isKind(value: unknown): value is Report["kind"] {
  return typeof value === "string" && Object.hasOwn(SHAPES, value);
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
