import { parseAbi } from "viem";

export {
  applicationAbi,
  iConsensusAbi as consensusAbi,
  inputBoxAbi,
  quorumAbi,
} from "../../../abi/index.ts";

/** Encodes where an application's inputs come from. */
export const dataAvailabilityAbi = parseAbi(["function InputBox(address inputBox)"]);
