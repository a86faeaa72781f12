import type { ArtifactResolver } from "@nomicfoundation/ignition-core";
import { DeploymentError } from "./deploymentError.ts";

/** Ignition wants a source of named artifacts; our modules bring all of theirs with them. */
export const NO_ARTIFACTS: ArtifactResolver = {
  async loadArtifact(contractName) {
    throw new DeploymentError(`the module does not bring the artifact of ${contractName}`);
  },
  async getBuildInfo() {
    return undefined;
  },
};
