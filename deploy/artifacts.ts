import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Artifact, ArtifactResolver } from "@nomicfoundation/ignition-core";
import {
  buildRegistryAbi,
  buildRegistryCreationCode,
  trustPolicyFactoryAbi,
  trustPolicyFactoryCreationCode,
} from "../abi/index.ts";
import { DeploymentError } from "./deploymentError.ts";

const require = createRequire(import.meta.url);

const COMMITTED: Record<string, Artifact> = {
  BuildRegistry: artifact("BuildRegistry", buildRegistryAbi, buildRegistryCreationCode),
  TrustPolicyFactory: artifact("TrustPolicyFactory", trustPolicyFactoryAbi, trustPolicyFactoryCreationCode),
};

/** Supplies Ignition with our contracts as committed, so that deploying them needs no compiler. */
export const committedArtifacts: ArtifactResolver = {
  async loadArtifact(contractName) {
    const found = COMMITTED[contractName];
    if (!found) {
      throw new DeploymentError(`no creation code of ${contractName} is committed`, {
        remedy: "add it to DEPLOYABLE_ARTIFACTS in abi/typechain/contracts.ts and run npm run abi",
      });
    }
    return found;
  },
  async getBuildInfo() {
    return undefined;
  },
};

/** One of Cartesi's contracts as `@cartesi/rollups` ships it, in the shape that Ignition expects. */
export async function cartesiArtifact(contractName: string): Promise<Artifact> {
  const file = require.resolve(`@cartesi/rollups/out/${contractName}.sol/${contractName}.json`);
  const { abi, bytecode } = JSON.parse(await readFile(file, "utf8")) as {
    abi: Artifact["abi"];
    bytecode: { object: string };
  };
  return artifact(contractName, abi, bytecode.object);
}

function artifact(contractName: string, abi: Artifact["abi"], bytecode: string): Artifact {
  return {
    _format: "hh-sol-artifact-1",
    contractName,
    sourceName: "",
    abi,
    bytecode,
    deployedBytecode: "0x",
    linkReferences: {},
    deployedLinkReferences: {},
  };
}
