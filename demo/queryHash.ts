import type { Address } from "viem";
import type { Indexer } from "../indexer/index.ts";

const POLL_MS = 100;

const QUERY = `query ($application: String!, $storePath: String!) {
  outputs(where: { applicationAddress: $application, storePath: $storePath }) { items { narHash request { status } } }
}`;

interface Answer {
  outputs: { items: { narHash: string; request: { status: string } | null }[] };
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
    const variables = { application: application.toLowerCase(), storePath };
    const [output] = (await indexer.query<Answer>(QUERY, variables)).outputs.items;
    if (output?.request?.status === "executed") {
      return output.narHash;
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
