import { CartenixError, type ErrorCode } from "../../../support/index.ts";

/** The firmware could not be built. */
export class FirmwareError extends CartenixError {
  readonly code: ErrorCode = "FIRMWARE";
}
