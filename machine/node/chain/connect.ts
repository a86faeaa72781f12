import { createPublicClient, http, type PublicClient } from "viem";

const TIMEOUT_MILLISECONDS = 20_000;

/** A client of the chain that the node reads. */
export function connectToChain(rpcUrl: string): PublicClient {
  return createPublicClient({
    transport: http(rpcUrl, { timeout: TIMEOUT_MILLISECONDS, retryCount: 2 }),
    cacheTime: 0,
  });
}
