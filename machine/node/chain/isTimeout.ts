import { BaseError, TimeoutError } from "viem";

/** Whether the endpoint did not answer a request in time. */
export function isTimeout(error: unknown): boolean {
  return error instanceof BaseError && error.walk((cause) => cause instanceof TimeoutError) !== null;
}
