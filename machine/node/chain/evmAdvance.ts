import { type Address, decodeFunctionData, encodeFunctionData, type Hex } from "viem";
import { inputsAbi } from "./abis.ts";

/** What an input says of itself. */
export interface EvmAdvance {
  chainId: bigint;
  application: Address;
  sender: Address;
  blockNumber: bigint;
  /** Seconds since 1970. */
  blockTimestamp: bigint;
  prevRandao: bigint;
  index: bigint;
  payload: Hex;
}

/**
 * Decodes an input; `undefined` unless it is the one canonical encoding of an `EvmAdvance` call.
 * Format: `Inputs.EvmAdvance` of Cartesi Rollups contracts 2.2.0.
 */
export function decodeEvmAdvance(raw: Hex): EvmAdvance | undefined {
  try {
    const { args } = decodeFunctionData({ abi: inputsAbi, data: raw });
    if (encodeFunctionData({ abi: inputsAbi, functionName: "EvmAdvance", args }) !== raw.toLowerCase()) {
      return undefined;
    }
    const [chainId, application, sender, blockNumber, blockTimestamp, prevRandao, index, payload] = args;
    return { chainId, application, sender, blockNumber, blockTimestamp, prevRandao, index, payload };
  } catch {
    return undefined;
  }
}
