export {
  applicationAbi,
  dataAvailabilityAbi,
  disputeConsensusAbi,
  iConsensusAbi as consensusAbi,
  inputBoxAbi,
  quorumAbi,
} from "../../../abi/index.ts";
