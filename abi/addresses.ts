import { type Address, concatHex, encodeAbiParameters, type Hex } from "viem";
import {
  buildRegistryCreationCode,
  disputeConsensusCreationCode,
  stepVerifier20CreationCode,
  trustPolicyFactoryCreationCode,
} from "./contracts/creationCode.ts";
import { disputeConsensusAbi, trustPolicyFactoryAbi } from "./contracts/index.ts";
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

/** The address of `StepVerifier20`, the same on every chain. */
export function stepVerifierAddress(): Address {
  return create2AddressOf(stepVerifier20CreationCode);
}

/** What `DisputeConsensus` is created with. */
export interface DisputeConsensusTerms {
  inputBox: Address;
  stepVerifier: Address;
  /** The most that an epoch has. */
  maxInputs: number;
  /** Windows and clock in blocks. */
  claimWindow: number;
  challengeWindow: number;
  clock: number;
  /** In wei. */
  bond: bigint;
}

/** The address of `DisputeConsensus` with these terms, the same on every chain. */
export function disputeConsensusAddress(terms: DisputeConsensusTerms): Address {
  return create2AddressOf(disputeConsensusInitCode(terms));
}

/** What creates `DisputeConsensus` with these terms. */
export function disputeConsensusInitCode(terms: DisputeConsensusTerms): Hex {
  const { inputs } = disputeConsensusAbi.find((item) => item.type === "constructor")!;
  return concatHex([disputeConsensusCreationCode, encodeAbiParameters(inputs, [terms])]);
}
