import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const root = join(import.meta.dirname, "../..");
const rollups = dirname(createRequire(import.meta.url).resolve("@cartesi/rollups/package.json"));

const OURS = ["BuildRegistry.sol/BuildRegistry", "interfaces/IRequests.sol/IRequests"];

const CARTESI = [
  "Application",
  "ApplicationFactory",
  "Authority",
  "AuthorityFactory",
  "IConsensus",
  "InputBox",
  "Inputs",
  "Outputs",
  "Quorum",
  "QuorumFactory",
];

/** The artifacts whose ABIs others need: ours as Hardhat wrote them, Cartesi's as their package ships them. */
export const artifactFiles = [
  ...OURS.map((name) => join(root, "artifacts/contracts", `${name}.json`)),
  ...CARTESI.map((name) => join(rollups, "out", `${name}.sol`, `${name}.json`)),
];

/** Our contracts that others deploy or whose address follows from their creation code. */
export const deployableArtifacts = ["BuildRegistry.sol/BuildRegistry"].map((name) =>
  join(root, "artifacts/contracts", `${name}.json`),
);
