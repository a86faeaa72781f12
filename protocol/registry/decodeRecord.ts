import { decodeFunctionData, type Hex } from "viem";
import { type RecordCall, recordAbi } from "./recordAbi.ts";

/** The call in a voucher's payload; `undefined` when it is not the call `record`: a voucher may call anything. */
export function decodeRecord(payload: Hex): RecordCall | undefined {
  try {
    const [inputIndex, outputs] = decodeFunctionData({ abi: recordAbi, data: payload }).args;
    return { inputIndex, outputs };
  } catch {
    return undefined;
  }
}
