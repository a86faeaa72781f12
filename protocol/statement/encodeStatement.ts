import { canonicalJson, type Json } from "../json/canonicalJson.ts";
import { BUILD_TYPE, PREDICATE_TYPE, STATEMENT_TYPE, type StatedInput, type Statement } from "./statement.ts";

/**
 * A notice's payload: an in-toto Statement v1 with a SLSA v1 provenance predicate, as canonical JSON.
 *
 * @throws {RangeError} when the block's time is not one that a date can have.
 */
export function encodeStatement(statement: Statement): Uint8Array {
  return new TextEncoder().encode(canonicalJson(statementJson(statement)));
}

/** A statement in the words of in-toto and SLSA. */
export function statementJson(statement: Statement): Json {
  const { chainId, inputIndex, blockTimestamp, drvPath, bundle, system, nixVersion, logHash } = statement;
  const application = `urn:cartesi:application:eip155:${chainId}:${statement.application.toLowerCase()}`;
  return {
    _type: STATEMENT_TYPE,
    subject: statement.outputs.map(({ name, path, narHash, narSize, references }) => ({
      ...resource({ path, narHash }),
      annotations: { narSize, outputName: name, references },
    })),
    predicateType: PREDICATE_TYPE,
    predicate: {
      buildDefinition: {
        buildType: BUILD_TYPE,
        externalParameters: { bundle, drvPath },
        internalParameters: { system },
        resolvedDependencies: statement.inputs.map(resource),
      },
      runDetails: {
        builder: { id: application, version: { nix: nixVersion } },
        metadata: {
          invocationId: `${application}:input:${inputIndex}`,
          startedOn: formatTime(blockTimestamp),
        },
        byproducts: [{ name: "log", mediaType: "text/plain", digest: { sha256: logHash } }],
      },
    },
  };
}

function resource({ path, narHash }: StatedInput): { readonly [key: string]: Json } {
  return { name: path, mediaType: "application/x-nix-nar", digest: { sha256: narHash } };
}

function formatTime(seconds: bigint): string {
  const time = new Date(Number(seconds) * 1000);
  if (Number.isNaN(time.getTime())) {
    throw new RangeError(`block time ${seconds} is out of bounds`);
  }
  return time.toISOString().replace(".000Z", "Z");
}
