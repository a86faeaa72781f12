import { CartenixError, type ErrorCode } from "../../../support/index.ts";

/** The kernel could not be built. */
export class KernelError extends CartenixError {
  readonly code: ErrorCode = "KERNEL";
}
