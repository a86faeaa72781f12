import { type Address, decodeFunctionData, encodeFunctionData, type Hex, parseAbi } from "viem";

/** The kinds of outputs. Source: `Outputs` of Cartesi Rollups contracts 2.2.0. */
export const outputAbi = /* @__PURE__ */ parseAbi([
  "function DelegateCallVoucher(address destination, bytes payload)",
  "function Notice(bytes payload)",
  "function Voucher(address destination, uint256 value, bytes payload)",
]);

/** An output of the machine, as the contracts decode it. */
export type Output =
  /** A call that the application makes on chain. */
  | { type: "Voucher"; destination: Address; value: bigint; payload: Hex }
  /** A delegate call that the application makes on chain. Our machine emits none. */
  | { type: "DelegateCallVoucher"; destination: Address; payload: Hex }
  /** A provable statement that changes nothing on chain. */
  | { type: "Notice"; payload: Hex };

export function encodeOutput(output: Output): Hex {
  switch (output.type) {
    case "Voucher":
      return encodeFunctionData({
        abi: outputAbi,
        functionName: output.type,
        args: [output.destination, output.value, output.payload],
      });
    case "DelegateCallVoucher":
      return encodeFunctionData({
        abi: outputAbi,
        functionName: output.type,
        args: [output.destination, output.payload],
      });
    case "Notice":
      return encodeFunctionData({ abi: outputAbi, functionName: output.type, args: [output.payload] });
    default:
      return output satisfies never;
  }
}

/** Decodes an output; `undefined` unless it is of one of the three kinds. */
export function decodeOutput(bytes: Hex): Output | undefined {
  try {
    const call = decodeFunctionData({ abi: outputAbi, data: bytes });
    switch (call.functionName) {
      case "Voucher": {
        const [destination, value, payload] = call.args;
        return { type: call.functionName, destination, value, payload };
      }
      case "DelegateCallVoucher": {
        const [destination, payload] = call.args;
        return { type: call.functionName, destination, payload };
      }
      case "Notice":
        return { type: call.functionName, payload: call.args[0] };
      default:
        return call satisfies never;
    }
  } catch {
    return undefined;
  }
}

/** The contract that a voucher calls; `undefined` for all other outputs. */
export function destinationOf(bytes: Hex): Address | undefined {
  const output = decodeOutput(bytes);
  return output === undefined || output.type === "Notice" ? undefined : output.destination;
}
