import { type Address, concatHex, encodeAbiParameters, type Hex } from "viem";
import { buildRegistryCreationCode, trustPolicyFactoryCreationCode } from "./contracts/creationCode.ts";
import { trustPolicyFactoryAbi } from "./contracts/index.ts";
import { create2AddressOf } from "./create2.ts";

/** Cartesi's factories, at the same addresses on every chain. Source: Cartesi Rollups contracts 2.2.0. */
const APPLICATION_FACTORY_ADDRESS: Address = "0x26E758238CB6eC5aB70ce0dd52aF2d7b82e1972E";
const AUTHORITY_FACTORY_ADDRESS: Address = "0x5E96408CFE423b01dADeD3bc867E6013135990cc";
const QUORUM_FACTORY_ADDRESS: Address = "0x1C91Ba8aa5648cdAC77E97eaC781447c646EF239";

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
    APPLICATION_FACTORY_ADDRESS,
    AUTHORITY_FACTORY_ADDRESS,
    QUORUM_FACTORY_ADDRESS,
  ]);
  return concatHex([trustPolicyFactoryCreationCode, constructorArguments]);
}
