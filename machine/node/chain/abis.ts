export {
  applicationAbi,
  dataAvailabilityAbi,
  iConsensusAbi as consensusAbi,
  inputBoxAbi,
  quorumAbi,
} from "../../../abi/index.ts";
