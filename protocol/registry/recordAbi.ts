import { type ContractFunctionArgs, parseAbi } from "viem";

/** The registry's `record`, the call that a voucher carries, as `contracts/IBuildRegistry.sol` declares it. */
export const recordAbi = parseAbi([
  "struct Output { string storePath; string drvPath; string outputName; bytes32 narHash; uint64 narSize; bytes20 inputsHash; string[] references; }",
  "function record(Output[] outputs)",
]);

/** One output as the registry takes it: `Output` of `contracts/IBuildRegistry.sol`. */
export type RegistryOutput = ContractFunctionArgs<typeof recordAbi, "nonpayable", "record">[0][number];
