import { type Address, concatHex, encodeAbiParameters } from "viem";
import { buildRegistryCreationCode, trustPolicyFactoryCreationCode } from "./contracts/creationCode.ts";
import { create2AddressOf } from "./create2.ts";

/** The address of `BuildRegistry`, the same on every chain; it follows from the contract's code alone and needs no chain. */
export function registryAddress(): Address {
  return create2AddressOf(buildRegistryCreationCode);
}

/** The address of `TrustPolicyFactory`, the same on every chain. */
export function policyFactoryAddress(): Address {
  const constructorArguments = encodeAbiParameters([{ type: "address" }], [registryAddress()]);
  return create2AddressOf(concatHex([trustPolicyFactoryCreationCode, constructorArguments]));
}
