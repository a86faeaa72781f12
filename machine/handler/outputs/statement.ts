import { createHash } from "node:crypto";
import { canonicalJson, type Json } from "../../../protocol/index.ts";
import type { AdvanceRequest } from "../device/rollupDevice.ts";
import type { BuiltDerivation } from "./builtDerivation.ts";

/** What the statement says besides the build itself. */
export interface StatementContext {
  readonly input: Pick<AdvanceRequest, "appContract" | "blockTimestamp" | "chainId" | "index">;
  /** sha256 of the bundle that the request named, in hex; all zero when it named none. */
  readonly bundle: string;
  readonly nixVersion: string;
}

/** Names the steps that `buildType` stands for: docs/formats.md describes them. */
const BUILD_TYPE = "urn:cartenix:nix-build:v1";
const MEDIA_TYPE = "application/x-nix-nar";

/**
 * The notice of one build: an in-toto Statement v1 with a SLSA v1 provenance predicate, as canonical JSON. Digests are
 * sha256 of NARs.
 *
 * `builder.id` names the application, `urn:cartesi:application:eip155:<chain>:<address>`: the template cannot hold its own
 * hash, but the application's contract does, and nobody can change it there. So who reads the statement takes the
 * template hash from the contract that proves it.
 */
export function statementOf(built: BuiltDerivation, context: StatementContext): Uint8Array {
  const { drvPath, derivation, outputs, inputs, log } = built;
  const { input, bundle, nixVersion } = context;
  const application = `urn:cartesi:application:eip155:${input.chainId}:${input.appContract.toLowerCase()}`;
  return Buffer.from(
    canonicalJson({
      _type: "https://in-toto.io/Statement/v1",
      subject: outputs.map(({ name, path, narHash, narSize, references }) => ({
        ...resource(path, narHash),
        annotations: { narSize, outputName: name, references },
      })),
      predicateType: "https://slsa.dev/provenance/v1",
      predicate: {
        buildDefinition: {
          buildType: BUILD_TYPE,
          externalParameters: { bundle, drvPath },
          internalParameters: { system: derivation.system },
          resolvedDependencies: inputs.map(({ path, narHash }) => resource(path, narHash.slice(2))),
        },
        runDetails: {
          builder: { id: application, version: { nix: nixVersion } },
          metadata: {
            invocationId: `${application}:input:${input.index}`,
            startedOn: timestamp(input.blockTimestamp),
          },
          byproducts: [{ name: "log", mediaType: "text/plain", digest: { sha256: sha256(log) } }],
        },
      },
    }),
  );
}

function resource(path: string, narHash: string): { [key: string]: Json } {
  return { name: path, mediaType: MEDIA_TYPE, digest: { sha256: narHash } };
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** The block's time: the build itself runs on a clock that always starts at the same moment. */
function timestamp(seconds: bigint): string {
  const time = new Date(Number(seconds) * 1000);
  if (Number.isNaN(time.getTime())) {
    throw new RangeError(`block time ${seconds} is out of bounds`);
  }
  return time.toISOString().replace(".000Z", "Z");
}
