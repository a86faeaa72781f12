import type { Address } from "viem";
import { create2AddressOf } from "./createX.ts";
import { buildRegistryCreationCode } from "./creationCode.ts";

/** The address of `BuildRegistry`, the same on every chain; it follows from the contract's code alone and needs no chain. */
export function registryAddress(): Address {
  return create2AddressOf(buildRegistryCreationCode);
}
