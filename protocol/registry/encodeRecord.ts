import { encodeAbiParameters, encodeFunctionData, getAbiItem, type Hex, size } from "viem";
import { type RecordCall, type RegistryOutput, recordAbi } from "./recordAbi.ts";

/** A voucher's payload: the call by which an application records what it built. */
export function encodeRecord({ inputIndex, outputs }: RecordCall): Hex {
  return encodeFunctionData({ abi: recordAbi, functionName: "record", args: [inputIndex, outputs] });
}

const [, OUTPUTS] = getAbiItem({ abi: recordAbi, name: "record" }).inputs;

/** The bytes that one more output adds to the call: its offset in the list, and itself. */
export function encodedOutputSize(output: RegistryOutput): number {
  return size(encodeAbiParameters([{ ...OUTPUTS, type: "tuple" }], [output]));
}
