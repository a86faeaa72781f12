import { applicationFactoryAddress, authorityFactoryAddress, quorumFactoryAddress } from "@cartesi/viem/abi";
import { type Address, concatHex, encodeAbiParameters, type Hex } from "viem";
import { buildRegistryCreationCode, trustPolicyFactoryCreationCode } from "./contracts/creationCode.ts";
import { trustPolicyFactoryAbi } from "./contracts/index.ts";
import { create2AddressOf } from "./create2.ts";

/** The address of `BuildRegistry`, the same on every chain; it follows from the contract's code alone and needs no chain. */
export function registryAddress(): Address {
  return create2AddressOf(buildRegistryCreationCode);
}

/** The address of `TrustPolicyFactory`, the same on every chain. */
export function policyFactoryAddress(): Address {
  return create2AddressOf(policyFactoryInitCode());
}

/** What creates `TrustPolicyFactory`: its creation code, followed by the addresses of the registry and of Cartesi's factories. */
export function policyFactoryInitCode(): Hex {
  const { inputs } = trustPolicyFactoryAbi.find((item) => item.type === "constructor")!;
  const constructorArguments = encodeAbiParameters(inputs, [
    registryAddress(),
    applicationFactoryAddress,
    authorityFactoryAddress,
    quorumFactoryAddress,
  ]);
  return concatHex([trustPolicyFactoryCreationCode, constructorArguments]);
}
