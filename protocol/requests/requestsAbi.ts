import { parseAbi } from "viem";

/** The requests that an input's payload may hold, as `contracts/IRequests.sol` declares them. */
export const requestsAbi = parseAbi([
  "function upload(bytes32 sha256Digest, uint32 index, uint32 count, bytes chunk)",
  "function build(bytes32 bundle, string drvPath)",
  "function rebuild(string drvPath)",
]);
