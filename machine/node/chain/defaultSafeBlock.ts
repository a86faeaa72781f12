import { BaseError, type PublicClient, RpcError, RpcRequestError } from "viem";
import type { Log } from "../log/log.ts";
import type { SafeBlock } from "../model/chainEvents.ts";
import { EndpointError } from "./chainErrors.ts";
import { describeFault } from "./describeFault.ts";
import { readHead } from "./followChain.ts";

/** How endpoints refuse a request because there were too many: another time they would answer it. */
const RATE_LIMIT_CODES = [429, -32005];

/**
 * Up to which block a node reads when it is not told: a claimer only what the chain calls finalized, since a claim cannot be
 * taken back when the chain is reorganised. Chains without finalized blocks, and nodes without a key: up to the latest.
 *
 * @throws {EndpointError} when the RPC endpoint does not work.
 */
export async function defaultSafeBlock(
  client: PublicClient,
  { isClaimer, rpcUrl, log }: { isClaimer: boolean; rpcUrl: string; log: Log },
): Promise<SafeBlock> {
  if (!isClaimer) {
    return "latest";
  }
  try {
    if ((await readHead(client, "finalized")) !== undefined) {
      return "finalized";
    }
  } catch (error) {
    const fault = describeFault(error, rpcUrl);
    if (fault.fault !== "refused" || isRateLimited(error)) {
      throw new EndpointError(fault);
    }
  }
  // It may also be that the endpoint has just started and does not know the finalized block yet.
  log.warn(
    { remedy: "if the chain has finalized blocks, start again with --safe-block finalized" },
    "the endpoint names no finalized block: claims are made from the latest one",
  );
  return "latest";
}

function isRateLimited(error: unknown): boolean {
  return (
    error instanceof BaseError &&
    error.walk(
      (cause) =>
        (cause instanceof RpcRequestError || cause instanceof RpcError) &&
        RATE_LIMIT_CODES.includes(cause.code),
    ) !== null
  );
}
