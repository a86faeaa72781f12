import type { Address } from "viem";
import type { Indexer } from "../indexer/index.ts";

const POLL_MS = 100;

const QUERY = `query ($application: String!, $storePath: String!) {
  output(applicationAddress: $application, storePath: $storePath) { narHash request { status } }
}`;

interface Answer {
  output: { narHash: string; request: { status: string } | null } | null;
}

/** Waits until the indexer serves the record of a store path, and returns its NAR hash. */
export async function queryHash(
  indexer: Indexer,
  application: Address,
  storePath: string,
  signal: AbortSignal,
): Promise<string> {
  for (;;) {
    signal.throwIfAborted();
    const { output } = await indexer.query<Answer>(QUERY, { application, storePath });
    if (output?.request?.status === "executed") {
      return output.narHash;
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
