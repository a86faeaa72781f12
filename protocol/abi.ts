import { parseAbi } from "viem";

/** The requests that an input's payload may hold, as `contracts/IRequests.sol` declares them. */
export const requestsAbi = parseAbi([
  "function upload(bytes32 sha256Digest, uint32 index, uint32 count, bytes chunk)",
  "function build(bytes32 bundle, string drvPath)",
  "function rebuild(string drvPath)",
]);

/** The registry's `record`, the call that a voucher carries, as `contracts/IBuildRegistry.sol` declares it. */
export const recordAbi = parseAbi([
  "struct Output { string storePath; string drvPath; string outputName; bytes32 narHash; uint64 narSize; bytes20 inputsHash; string[] references; }",
  "function record(Output[] outputs)",
]);
