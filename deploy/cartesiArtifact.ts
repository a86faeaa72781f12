import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Artifact } from "@nomicfoundation/ignition-core";

const require = createRequire(import.meta.url);

/** One of Cartesi's contracts as `@cartesi/rollups` ships it, in the shape that Ignition expects. */
export async function cartesiArtifact(contractName: string): Promise<Artifact> {
  const file = require.resolve(`@cartesi/rollups/out/${contractName}.sol/${contractName}.json`);
  const { abi, bytecode } = JSON.parse(await readFile(file, "utf8")) as {
    abi: Artifact["abi"];
    bytecode: { object: string };
  };
  return {
    _format: "hh-sol-artifact-1",
    contractName,
    sourceName: "",
    abi,
    bytecode: bytecode.object,
    deployedBytecode: "0x",
    linkReferences: {},
    deployedLinkReferences: {},
  };
}
