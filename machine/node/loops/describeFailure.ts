import { CartenixError } from "../../../support/index.ts";
import { ChainDataError, ReorganisedError } from "../chain/chainErrors.ts";
import { describeFault, type EndpointFault } from "../chain/describeFault.ts";
import type { LoopName } from "../monitor/loopNames.ts";
import { DiskFullError } from "../store/storageErrors.ts";

/** Why a round failed, for the log and for `/health`. */
export interface RoundFailure {
  reason: string;
  /** What an operator must do; `undefined` when retrying may suffice. */
  remedy: string | undefined;
  endpoint: EndpointFault | undefined;
}

/** Attributes an error to the RPC endpoint, if the loop was reading the chain and the error is not the node's own. */
export function describeFailure(error: unknown, loop: LoopName, rpcUrl: string): RoundFailure {
  const isOwnError =
    (error instanceof CartenixError &&
      !(error instanceof ChainDataError || error instanceof ReorganisedError)) ||
    (error as { code?: string }).code === "ERR_SQLITE_ERROR";
  if (loop === "chain" && !isOwnError) {
    const endpoint = describeFault(error, rpcUrl);
    const { fault, method, reason } = endpoint;
    const where = method === undefined ? endpoint.endpoint : `${endpoint.endpoint} (${method})`;
    return { reason: `${where}: ${fault}: ${reason}`, remedy: undefined, endpoint };
  }
  if (!(error instanceof CartenixError)) {
    return { reason: String(error), remedy: undefined, endpoint: undefined };
  }
  return {
    reason: error.details === undefined ? error.shortMessage : `${error.shortMessage}: ${error.details}`,
    remedy: error instanceof DiskFullError ? error.remedy : undefined,
    endpoint: undefined,
  };
}
