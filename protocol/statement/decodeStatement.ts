import type { Address } from "viem";
import { isStorePath } from "../../nix/index.ts";
import type { Json } from "../json/canonicalJson.ts";
import { parseCanonicalJson } from "../json/parseCanonicalJson.ts";
import { isCount, isSha256, isText } from "../json/shape.ts";
import { NotCanonicalJsonError } from "../protocolErrors.ts";
import { statementJson } from "./encodeStatement.ts";
import {
  BUILD_TYPE,
  MAX_STATEMENT_BYTES,
  PREDICATE_TYPE,
  STATEMENT_TYPE,
  type StatedInput,
  type StatedOutput,
  type Statement,
} from "./statement.ts";
import { malformedStatement, StatementField } from "./statementField.ts";

const APPLICATION = /^urn:cartesi:application:eip155:(\d{1,78}):(0x[0-9a-f]{40})$/;
const MS_PER_SECOND = 1000;
const INVOCATION = /:input:(\d{1,78})$/;

/**
 * Decodes what `encodeStatement` writes, and nothing else.
 *
 * @throws {MalformedStatementError} naming the first field that is missing, wrong or unknown.
 */
export function decodeStatement(bytes: Uint8Array): Statement {
  const root = new StatementField(parse(bytes));
  const statement = readStatement(root);
  const difference = root.differenceFrom(statementJson(statement));
  if (difference !== undefined) {
    throw malformedStatement(`${difference} is wrong or unknown`);
  }
  return statement;
}

function readStatement(root: StatementField): Statement {
  expectText(root.get("_type"), STATEMENT_TYPE);
  expectText(root.get("predicateType"), PREDICATE_TYPE);
  const definition = root.get("predicate", "buildDefinition");
  expectText(definition.get("buildType"), BUILD_TYPE);
  const run = root.get("predicate", "runDetails");
  const [chainId, application] = run.get("builder", "id").match(APPLICATION);
  const [inputIndex] = run.get("metadata", "invocationId").match(INVOCATION);
  return {
    chainId: BigInt(chainId!),
    application: application as Address,
    inputIndex: BigInt(inputIndex!),
    blockTimestamp: readTime(run.get("metadata", "startedOn")),
    drvPath: definition.get("externalParameters", "drvPath").as(isDrvPath, "a derivation's path"),
    bundle: readSha256(definition.get("externalParameters", "bundle")),
    system: readText(definition.get("internalParameters", "system")),
    nixVersion: readText(run.get("builder", "version", "nix")),
    outputs: readOutputs(root.get("subject")),
    inputs: definition.get("resolvedDependencies").items().map(readResource),
    logHash: readSha256(run.get("byproducts").item(0).get("digest", "sha256")),
  };
}

function readOutputs(subject: StatementField): StatedOutput[] {
  const outputs = subject.items().map((output) => ({
    ...readResource(output),
    name: readText(output.get("annotations", "outputName")),
    narSize: output.get("annotations", "narSize").as(isCount, "a number of bytes"),
    references: output.get("annotations", "references").items().map(readStorePath),
  }));
  if (outputs.length === 0) {
    throw malformedStatement("subject is empty");
  }
  return outputs;
}

function readResource(resource: StatementField): StatedInput {
  return {
    path: readStorePath(resource.get("name")),
    narHash: readSha256(resource.get("digest", "sha256")),
  };
}

function readStorePath(field: StatementField): string {
  return field.as(isStorePathText, "a store path");
}

function readSha256(field: StatementField): string {
  return field.as(isSha256, "a sha256 of 64 hexadecimal digits");
}

function readText(field: StatementField): string {
  return field.as(isText, "text");
}

function readTime(field: StatementField): bigint {
  const time = field.as(isTime, "a time");
  return BigInt(Math.floor(Date.parse(time) / MS_PER_SECOND));
}

function expectText(field: StatementField, text: string): void {
  field.as((value): value is string => value === text, text);
}

function isDrvPath(value: unknown): value is string {
  return isStorePathText(value) && value.endsWith(".drv");
}

function isStorePathText(value: unknown): value is string {
  return isText(value) && isStorePath(value);
}

function isTime(value: unknown): value is string {
  return isText(value) && Date.parse(value) >= 0;
}

function parse(bytes: Uint8Array): Json {
  if (bytes.length > MAX_STATEMENT_BYTES) {
    throw malformedStatement(`${bytes.length} bytes are more than ${MAX_STATEMENT_BYTES}`);
  }
  try {
    return parseCanonicalJson(bytes);
  } catch (cause) {
    if (cause instanceof NotCanonicalJsonError) {
      throw malformedStatement(cause.message, cause);
    }
    throw cause;
  }
}
