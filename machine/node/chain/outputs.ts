import { type Address, decodeFunctionData, type Hex } from "viem";
import { hexOf } from "../model/bytes.ts";
import { outputsAbi } from "./abis.ts";

/** An output as the contracts read it. Format: `Outputs` of Cartesi Rollups contracts 2.2.0. */
export type DecodedOutput =
  | { type: "Voucher"; destination: Address; value: bigint; payload: Hex }
  | { type: "DelegateCallVoucher"; destination: Address; payload: Hex }
  | { type: "Notice"; payload: Hex };

/** Decodes an output; `undefined` when it is none of the three kinds. */
export function decodeOutput(raw: Uint8Array): DecodedOutput | undefined {
  try {
    const { functionName, args } = decodeFunctionData({ abi: outputsAbi, data: hexOf(raw) });
    if (functionName === "Notice") {
      return { type: functionName, payload: args[0] };
    }
    if (functionName === "Voucher") {
      return { type: functionName, destination: args[0], value: args[1], payload: args[2] };
    }
    return { type: functionName, destination: args[0], payload: args[1] };
  } catch {
    return undefined;
  }
}

/** Where a voucher goes; `undefined` for all other outputs. */
export function destinationOf(raw: Uint8Array): Address | undefined {
  const output = decodeOutput(raw);
  return output === undefined || output.type === "Notice" ? undefined : output.destination;
}
