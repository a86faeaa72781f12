import { type ContractFunctionArgs, parseAbi } from "viem";

/** The registry's `record`, the call that a voucher carries, as `contracts/IBuildRegistry.sol` declares it. */
export const recordAbi = parseAbi([
  "struct Output { string storePath; string drvPath; string outputName; bytes32 narHash; uint64 narSize; bytes32 inputsHash; string[] references; }",
  "function record(uint64 inputIndex, Output[] outputs)",
]);

/** One output as the registry takes it: `Output` of `contracts/IBuildRegistry.sol`. */
export type RegistryOutput = ContractFunctionArgs<typeof recordAbi, "nonpayable", "record">[1][number];

/** What a call of `record` says. */
export interface RecordCall {
  /** The index of the application's input that built the outputs. */
  readonly inputIndex: bigint;
  readonly outputs: readonly RegistryOutput[];
}
