import { type HttpTransport, http } from "viem";
import { readAtMost } from "../readAtMost.ts";

/** Bytes of the longest answer that is read: a batch of 200 paths takes 60 kB. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;
const TIMEOUT_MS = 10_000;
const MAX_BATCH = 50;

/** viem's HTTP transport for an endpoint that may be anybody's: requests of the same moment go in one batch, and answers are bounded. */
export function boundedHttp(
  url: string,
  { signal }: { signal?: AbortSignal | undefined } = {},
): HttpTransport {
  return http(url, {
    timeout: TIMEOUT_MS,
    batch: { batchSize: MAX_BATCH },
    fetchFn: async (input, init) => {
      const response = await fetch(input, init);
      const bytes = await readAtMost(response, MAX_ANSWER_BYTES);
      return new Response(Uint8Array.from(bytes), {
        status: response.status,
        statusText: response.statusText,
        headers: response.headers,
      });
    },
    ...(signal && { fetchOptions: { signal } }),
  });
}
