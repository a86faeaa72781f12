import { createPublicClient, http, type PublicClient } from "viem";

/** How long one question may take. */
export const DEFAULT_RPC_TIMEOUT_MILLISECONDS = 10_000;
/** What one answer may weigh; ranges whose logs weigh more are read in halves. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

/**
 * A client of the chain that the node reads. It asks once: who asks again, and when, is up to the node, whatever pause
 * an endpoint would like.
 */
export function connectToChain(
  rpcUrl: string,
  {
    timeoutMs = DEFAULT_RPC_TIMEOUT_MILLISECONDS,
    signal,
  }: { timeoutMs?: number | undefined; signal?: AbortSignal } = {},
): PublicClient {
  return createPublicClient({
    transport: http(rpcUrl, {
      timeout: timeoutMs,
      retryCount: 0,
      maxResponseBodySize: MAX_ANSWER_BYTES,
      fetchOptions: signal === undefined ? {} : { signal },
    }),
    cacheTime: 0,
  });
}
