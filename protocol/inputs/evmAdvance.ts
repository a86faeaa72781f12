import { type Address, decodeFunctionData, encodeFunctionData, type Hex, parseAbi } from "viem";

/** `EvmAdvance`, the call that the InputBox makes of every input. Source: `Inputs` of Cartesi Rollups contracts 2.2.0. */
export const evmAdvanceAbi = /* @__PURE__ */ parseAbi([
  "function EvmAdvance(uint256 chainId, address appContract, address msgSender, uint256 blockNumber, uint256 blockTimestamp, uint256 prevRandao, uint256 index, bytes payload)",
]);

/** An input with what the chain adds to it. */
export interface EvmAdvance {
  chainId: bigint;
  application: Address;
  sender: Address;
  blockNumber: bigint;
  /** Seconds since 1970. */
  blockTimestamp: bigint;
  prevRandao: bigint;
  /** The input's place among all inputs of the application, from 0. */
  index: bigint;
  payload: Hex;
}

export function encodeEvmAdvance(advance: EvmAdvance): Hex {
  const { chainId, application, sender, blockNumber, blockTimestamp, prevRandao, index, payload } = advance;
  return encodeFunctionData({
    abi: evmAdvanceAbi,
    functionName: "EvmAdvance",
    args: [chainId, application, sender, blockNumber, blockTimestamp, prevRandao, index, payload],
  });
}

/** Decodes an input; `undefined` unless it is the one canonical encoding of an `EvmAdvance` call. */
export function decodeEvmAdvance(input: Hex): EvmAdvance | undefined {
  try {
    const { args } = decodeFunctionData({ abi: evmAdvanceAbi, data: input });
    const [chainId, application, sender, blockNumber, blockTimestamp, prevRandao, index, payload] = args;
    const advance = { chainId, application, sender, blockNumber, blockTimestamp, prevRandao, index, payload };
    return encodeEvmAdvance(advance) === input.toLowerCase() ? advance : undefined;
  } catch {
    return undefined;
  }
}
