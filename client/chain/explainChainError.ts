import {
  type BaseError,
  ContractFunctionExecutionError,
  ContractFunctionZeroDataError,
  HttpRequestError,
  TimeoutError,
  BaseError as ViemError,
} from "viem";
import { CartenixError } from "../../support/index.ts";
import { ChainUnreachableError, NotTheContractError } from "../clientErrors.ts";

/**
 * Turns what viem throws into an error that says what to do.
 *
 * @throws always.
 */
export function explainChainError(error: unknown): never {
  if (!(error instanceof ViemError)) {
    throw error;
  }
  const ours = error.walk((cause) => cause instanceof CartenixError);
  if (ours instanceof CartenixError) {
    throw ours;
  }
  if (error.walk((cause) => cause instanceof ContractFunctionZeroDataError) !== null) {
    throw new NotTheContractError(`there is no contract at ${addressIn(error)}`, {
      cause: error,
      remedy: "check the address and the network",
    });
  }
  const http = error.walk((cause) => cause instanceof HttpRequestError || cause instanceof TimeoutError);
  throw new ChainUnreachableError(
    http === null ? "the RPC endpoint refused a request" : `no answer from ${urlIn(http)}`,
    {
      cause: error,
      details: ((http ?? error) as BaseError).details || error.shortMessage,
      remedy: "check the RPC endpoint's address, and whether it is reachable from here",
    },
  );
}

function addressIn(error: ViemError): string {
  return (error instanceof ContractFunctionExecutionError && error.contractAddress) || "the address";
}

function urlIn(error: unknown): string {
  return (error as { url?: string }).url ?? "the RPC endpoint";
}
