import { CartenixError, type ErrorCode } from "../../support/index.ts";

/** The template could not be made: the machine did not do what it was booted for. */
export class TemplateError extends CartenixError {
  readonly code: ErrorCode = "TEMPLATE";
}
