export {
  type DisputeConsensusTerms,
  disputeConsensusAddress,
  disputeConsensusInitCode,
  policyFactoryAddress,
  policyFactoryInitCode,
  registryAddress,
  stepVerifierAddress,
} from "./addresses.ts";
export {
  buildRegistryCreationCode,
  disputeConsensusCreationCode,
  stepVerifier20CreationCode,
  trustPolicyFactoryCreationCode,
} from "./contracts/creationCode.ts";
export * from "./contracts/index.ts";
export { CREATE2_DEPLOYER_ADDRESS, CREATE2_SALT, create2AddressOf } from "./create2.ts";
export { ConsensusKind, Contradictions, Verdict } from "./enums.ts";
