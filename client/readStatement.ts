import { isStorePath } from "../nix/index.ts";
import { NotCanonicalJsonError, parseCanonicalJson } from "../protocol/index.ts";
import { CartenixError, type ErrorCode } from "../support/index.ts";

/** One output that a statement vouches for. */
export interface StatedOutput {
  /** The output's store path. */
  path: string;
  /** sha256 of its NAR, 64 hexadecimal digits. */
  narHash: string;
}

/** What a reader needs of the provenance statement in a notice. */
export interface Statement {
  drvPath: string;
  outputs: StatedOutput[];
}

/** The notice is no statement of ours. */
export class MalformedStatementError extends CartenixError {
  readonly code: ErrorCode = "MALFORMED_STATEMENT";
}

const STATEMENT_TYPE = "https://in-toto.io/Statement/v1";
const PREDICATE_TYPE = "https://slsa.dev/provenance/v1";
const BUILD_TYPE = "urn:cartenix:nix-build:v1";
const MAX_STATEMENT_BYTES = 2 * 1024 * 1024;

/**
 * Reads the statement that a notice carries: an in-toto Statement v1 with a SLSA v1 provenance predicate, as
 * `docs/formats.md` describes it.
 *
 * @throws {MalformedStatementError}
 */
export function readStatement(payload: Uint8Array): Statement {
  const statement = objectOf(parse(payload), "statement");
  if (statement._type !== STATEMENT_TYPE) {
    throw malformed(`_type is not ${STATEMENT_TYPE}`);
  }
  if (statement.predicateType !== PREDICATE_TYPE) {
    throw malformed(`predicateType is not ${PREDICATE_TYPE}`);
  }
  const predicate = objectOf(statement.predicate, "predicate");
  const definition = objectOf(predicate.buildDefinition, "buildDefinition");
  if (definition.buildType !== BUILD_TYPE) {
    throw malformed(`buildType is not ${BUILD_TYPE}`);
  }
  const { drvPath } = objectOf(definition.externalParameters, "externalParameters");
  if (typeof drvPath !== "string" || !isStorePath(drvPath) || !drvPath.endsWith(".drv")) {
    throw malformed("externalParameters.drvPath is no derivation's path");
  }
  if (!Array.isArray(statement.subject) || statement.subject.length === 0) {
    throw malformed("no subject");
  }
  return { drvPath, outputs: statement.subject.map(outputOf) };
}

function outputOf(subject: unknown): StatedOutput {
  const { name, digest } = objectOf(subject, "subject");
  const { sha256 } = objectOf(digest, "digest");
  if (typeof name !== "string" || !isStorePath(name)) {
    throw malformed("a subject's name is no store path");
  }
  if (typeof sha256 !== "string" || !/^[0-9a-f]{64}$/.test(sha256)) {
    throw malformed(`the digest of ${name} is no sha256`);
  }
  return { path: name, narHash: sha256 };
}

function parse(payload: Uint8Array): unknown {
  if (payload.length > MAX_STATEMENT_BYTES) {
    throw malformed(`${payload.length} bytes are too many`);
  }
  try {
    return parseCanonicalJson(payload);
  } catch (cause) {
    if (cause instanceof NotCanonicalJsonError) {
      throw malformed(cause.message, cause);
    }
    throw cause;
  }
}

function objectOf(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw malformed(`${what} is no object`);
  }
  return value as Record<string, unknown>;
}

function malformed(details: string, cause?: unknown): MalformedStatementError {
  return new MalformedStatementError("the notice is no provenance statement of Cartenix", { details, cause });
}
