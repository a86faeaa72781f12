export { policyFactoryAddress, policyFactoryInitCode, registryAddress } from "./addresses.ts";
export { buildRegistryCreationCode, trustPolicyFactoryCreationCode } from "./contracts/creationCode.ts";
export * from "./contracts/index.ts";
export { CREATE2_DEPLOYER_ADDRESS, CREATE2_SALT, create2AddressOf } from "./create2.ts";
export { ConsensusKind, Contradictions, Verdict } from "./enums.ts";
