import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";

const ROOT = join(import.meta.dirname, "../..");
const ROLLUPS = dirname(createRequire(import.meta.url).resolve("@cartesi/rollups/package.json"));

const OURS = [
  "BuildRegistry",
  "IHashGateway",
  "IRequests",
  "ProvenHashReader",
  "TrustPolicy",
  "TrustPolicyFactory",
  "dispute/DisputeConsensus",
  "dispute/IStepVerifier",
  "dispute/StepVerifier20",
  "examples/ReleaseRegistry",
  "examples/UpgradeGate",
];

const CARTESI = [
  "Application",
  "ApplicationFactory",
  "Authority",
  "AuthorityFactory",
  "DataAvailability",
  "IConsensus",
  "InputBox",
  "Inputs",
  "Outputs",
  "Quorum",
  "QuorumFactory",
];

/** The artifacts whose ABIs others need: ours as Hardhat wrote them, Cartesi's as their package ships them. */
export const ARTIFACT_FILES = [
  ...OURS.map(ourArtifact),
  ...CARTESI.map((name) => join(ROLLUPS, "out", `${name}.sol`, `${name}.json`)),
];

/** Our contracts whose addresses follow from their creation code. */
export const DEPLOYABLE_ARTIFACTS = [
  "BuildRegistry",
  "TrustPolicyFactory",
  "dispute/DisputeConsensus",
  "dispute/StepVerifier20",
].map(ourArtifact);

function ourArtifact(name: string): string {
  return join(ROOT, "artifacts/contracts", `${name}.sol`, `${basename(name)}.json`);
}
