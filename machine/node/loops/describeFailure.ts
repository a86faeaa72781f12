import { CartenixError } from "../../../support/index.ts";
import { ChainDataError, ReorganisedError } from "../chain/chainErrors.ts";
import { describeFault, type EndpointFault } from "../chain/describeFault.ts";
import type { LoopName } from "../monitor/createMonitor.ts";
import { DiskFullError } from "../store/storageErrors.ts";

/** What a failed round says in the log, in one line, and to those who watch. */
export interface RoundFailure {
  reason: string;
  /** What a person can do, where one must. */
  remedy: string | undefined;
  endpoint: EndpointFault | undefined;
}

/** Reading the chain fails by the endpoint, unless the error is of ours. */
export function describeFailure(error: unknown, loop: LoopName, rpcUrl: string): RoundFailure {
  const isOurs =
    (error instanceof CartenixError &&
      !(error instanceof ChainDataError || error instanceof ReorganisedError)) ||
    (error as { code?: string }).code === "ERR_SQLITE_ERROR";
  if (loop === "chain" && !isOurs) {
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
