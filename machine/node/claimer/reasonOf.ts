import { BaseError, ContractFunctionRevertedError } from "viem";

/** Why a call failed, in one line: the contract's own error if it reverted with one. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof BaseError)) {
    return error instanceof Error ? error.message : String(error);
  }
  const revert = error.walk((cause) => cause instanceof ContractFunctionRevertedError);
  if (revert instanceof ContractFunctionRevertedError && revert.data !== undefined) {
    return `${revert.data.errorName}(${revert.data.args?.join(", ") ?? ""})`;
  }
  return error.details || error.shortMessage;
}
