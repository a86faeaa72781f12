import { getAbiItem } from "viem";
import {
  applicationAbi,
  applicationFactoryAbi,
  authorityAbi,
  authorityFactoryAbi,
  buildRegistryAbi,
  iConsensusAbi,
  inputBoxAbi,
  quorumFactoryAbi,
  releaseRegistryAbi,
  trustPolicyFactoryAbi,
  upgradeGateAbi,
} from "../abi/index.ts";

/** The ABIs of the contracts whose events are indexed, under the names that `src/` uses. */
export const CONTRACT_ABIS = {
  InputBox: inputBoxAbi,
  ApplicationFactory: applicationFactoryAbi,
  Application: applicationAbi,
  AuthorityFactory: authorityFactoryAbi,
  QuorumFactory: quorumFactoryAbi,
  Consensus: iConsensusAbi,
  Authority: [getAbiItem({ abi: authorityAbi, name: "OwnershipTransferred" })],
  BuildRegistry: buildRegistryAbi,
  TrustPolicyFactory: trustPolicyFactoryAbi,
  ReleaseRegistry: releaseRegistryAbi,
  UpgradeGate: upgradeGateAbi,
} as const;
