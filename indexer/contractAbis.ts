import { applicationAbi, buildRegistryAbi, iConsensusAbi, inputBoxAbi } from "../abi/index.ts";

/** The ABIs of the contracts whose events are indexed, under the names that `src/` uses. */
export const CONTRACT_ABIS = {
  InputBox: inputBoxAbi,
  Consensus: iConsensusAbi,
  Application: applicationAbi,
  BuildRegistry: buildRegistryAbi,
} as const;
