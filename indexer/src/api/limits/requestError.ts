import { CartenixError, type CartenixErrorOptions, type ErrorCode } from "../../../../support/index.ts";

/** The HTTP statuses of refusals, and the codes that programs tell them apart by. */
const CODES = {
  400: "BAD_REQUEST",
  404: "NOT_FOUND",
  408: "REQUEST_TIMEOUT",
  413: "TOO_LARGE",
  415: "UNSUPPORTED_MEDIA_TYPE",
  422: "TOO_EXPENSIVE",
  500: "INTERNAL",
  502: "CHAIN_UNAVAILABLE",
  503: "BUSY",
  504: "TIMEOUT",
} as const satisfies Record<number, ErrorCode>;

export type RefusalStatus = keyof typeof CODES;

/** A request that the API refuses or cannot answer. */
export class RequestError extends CartenixError {
  readonly code: ErrorCode;
  readonly status: RefusalStatus;

  constructor(status: RefusalStatus, message: string, options: CartenixErrorOptions = {}) {
    super(message, options);
    this.status = status;
    this.code = CODES[status];
  }
}
