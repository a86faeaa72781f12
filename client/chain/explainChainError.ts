import {
  type BaseError,
  ContractFunctionExecutionError,
  ContractFunctionRevertedError,
  ContractFunctionZeroDataError,
  HttpRequestError,
  TimeoutError,
  BaseError as ViemError,
} from "viem";
import { CartenixError } from "../../support/index.ts";
import { ChainUnreachableError, NotTheContractError } from "../clientErrors.ts";
import { printableText } from "../printableText.ts";

/**
 * Turns what viem throws into an error that says what to do.
 *
 * @throws always.
 */
export function explainChainError(error: unknown): never {
  if (isConversionError(error)) {
    throw new ChainUnreachableError("the RPC endpoint's answer is malformed", {
      cause: error,
      details: printableText(error.message),
      remedy: "use another endpoint",
    });
  }
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
  if (isRevertedRead(error)) {
    throw new NotTheContractError(`the contract at ${addressIn(error)} refuses a call`, {
      cause: error,
      details: printableText(error.shortMessage),
      remedy: "check the address and the network",
    });
  }
  const http = error.walk((cause) => cause instanceof HttpRequestError || cause instanceof TimeoutError);
  throw new ChainUnreachableError(
    http === null ? "the RPC endpoint refused a request" : `no answer from ${urlIn(http)}`,
    {
      cause: error,
      details: printableText(((http ?? error) as BaseError).details || error.shortMessage),
      remedy: "check the RPC endpoint's address, and whether it is reachable from here",
    },
  );
}

/** What viem's conversions throw where an answer has another form than expected. */
function isConversionError(error: unknown): error is Error {
  return error instanceof SyntaxError || error instanceof TypeError || error instanceof RangeError;
}

function isRevertedRead(error: ViemError): boolean {
  return (
    error instanceof ContractFunctionExecutionError &&
    error.walk((cause) => cause instanceof ContractFunctionRevertedError) !== null
  );
}

function addressIn(error: ViemError): string {
  return (error instanceof ContractFunctionExecutionError && error.contractAddress) || "the address";
}

function urlIn(error: unknown): string {
  return (error as { url?: string }).url ?? "the RPC endpoint";
}
