import { parseAbi } from "viem";

export {
  applicationAbi,
  iConsensusAbi as consensusAbi,
  inputBoxAbi,
  quorumAbi,
} from "../../../abi/index.ts";

/** How an application says where its inputs come from. */
export const dataAvailabilityAbi = parseAbi(["function InputBox(address inputBox)"]);
