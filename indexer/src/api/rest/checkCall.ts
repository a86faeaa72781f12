import {
  type Abi,
  type AbiFunction,
  type Address,
  type ContractFunctionArgs,
  type ContractFunctionName,
  encodeFunctionData,
  getAbiItem,
  toFunctionSignature,
} from "viem";

/** A view call that a reader can make to check an answer, spelled out and encoded. */
export function checkCall<
  const T extends Abi,
  Name extends ContractFunctionName<T, "view" | "pure">,
  Args extends ContractFunctionArgs<T, "view" | "pure", Name>,
>(to: Address, abi: T, functionName: Name, args: Args) {
  const item = getAbiItem({ abi, name: functionName } as never) as unknown as AbiFunction;
  return {
    to: to.toLowerCase(),
    function: toFunctionSignature(item),
    arguments: args as readonly unknown[],
    calldata: encodeFunctionData({ abi, functionName, args } as never),
  };
}
