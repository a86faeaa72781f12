import {
  applicationFactoryAddress,
  authorityFactoryAddress,
  inputBoxAddress,
  quorumFactoryAddress,
} from "@cartesi/viem/abi";
import { type Address, type Hex, zeroHash } from "viem";
import { cartesiArtifact } from "./cartesiArtifact.ts";
import { type Chain, codeAt } from "./chain.ts";
import { deployWithCreate2, placeCreate2Deployer } from "./create2.ts";
import { DeploymentError } from "./deploymentError.ts";

/** Cartesi's own contracts that an application needs. */
export type CartesiContracts = Record<
  "applicationFactory" | "authorityFactory" | "inputBox" | "quorumFactory",
  Address
>;

/** Their addresses on every chain that Cartesi supports. */
export const CANONICAL_CARTESI_CONTRACTS: CartesiContracts = {
  applicationFactory: applicationFactoryAddress,
  authorityFactory: authorityFactoryAddress,
  inputBox: inputBoxAddress,
  quorumFactory: quorumFactoryAddress,
};

/** Deploys them on a local chain as Cartesi does elsewhere, and so at the same addresses, with the CREATE2 deployer that it needs. */
export async function deployCartesiContracts(chain: Chain): Promise<CartesiContracts> {
  await placeCreate2Deployer(chain);
  for (const name of ["InputBox", "AuthorityFactory", "QuorumFactory", "ApplicationFactory"]) {
    const { bytecode } = await cartesiArtifact(name);
    await deployWithCreate2(chain, bytecode as Hex, zeroHash);
  }
  return CANONICAL_CARTESI_CONTRACTS;
}

/**
 * Finds them on any other chain.
 *
 * @throws {DeploymentError} when one is missing.
 */
export async function findCartesiContracts(chain: Chain): Promise<CartesiContracts> {
  for (const [name, address] of Object.entries(CANONICAL_CARTESI_CONTRACTS)) {
    if ((await codeAt(chain, address)) === "0x") {
      throw new DeploymentError(`Cartesi's ${name} is not on this chain`, {
        details: `there is no code at ${address}`,
        remedy: "choose a chain on which Cartesi Rollups contracts 2.2.0 are deployed",
      });
    }
  }
  return CANONICAL_CARTESI_CONTRACTS;
}
