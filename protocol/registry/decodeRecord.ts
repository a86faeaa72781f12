import { decodeFunctionData, type Hex } from "viem";
import { type RegistryOutput, recordAbi } from "./recordAbi.ts";

/** The outputs in a voucher's payload; `undefined` when it is not the call `record`: a voucher may call anything. */
export function decodeRecord(payload: Hex): readonly RegistryOutput[] | undefined {
  try {
    return decodeFunctionData({ abi: recordAbi, data: payload }).args[0];
  } catch {
    return undefined;
  }
}
