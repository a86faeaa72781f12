import { createPublicClient, http, type PublicClient } from "viem";

const DEFAULT_RPC_TIMEOUT_MS = 10_000;
/** Ranges whose logs are larger are read in halves. */
const MAX_RESPONSE_BYTES = 16 * 1024 * 1024;

/**
 * Creates the node's RPC client. It sends each request once: the node alone decides when to retry, regardless of an
 * endpoint's `Retry-After`.
 */
export function connectToChain(
  rpcUrl: string,
  {
    timeoutMs = DEFAULT_RPC_TIMEOUT_MS,
    signal,
  }: { timeoutMs?: number | undefined; signal?: AbortSignal } = {},
): PublicClient {
  return createPublicClient({
    transport: http(rpcUrl, {
      timeout: timeoutMs,
      retryCount: 0,
      maxResponseBodySize: MAX_RESPONSE_BYTES,
      fetchOptions: signal === undefined ? {} : { signal },
    }),
    cacheTime: 0,
  });
}
