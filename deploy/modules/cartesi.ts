import { buildModule } from "@nomicfoundation/ignition-core";
import { cartesiArtifact } from "../cartesiArtifact.ts";

const [inputBox, authorityFactory, quorumFactory, applicationFactory] = await Promise.all(
  ["InputBox", "AuthorityFactory", "QuorumFactory", "ApplicationFactory"].map(cartesiArtifact),
);

/** Cartesi's own contracts, for a local chain; elsewhere Cartesi has deployed them. */
export default buildModule("Cartesi", (m) => ({
  inputBox: m.contract("InputBox", inputBox!),
  authorityFactory: m.contract("AuthorityFactory", authorityFactory!),
  quorumFactory: m.contract("QuorumFactory", quorumFactory!),
  applicationFactory: m.contract("ApplicationFactory", applicationFactory!),
}));
