import { CartenixError, type ErrorCode } from "../../support/index.ts";

/** The template cannot be made, or a job in its machine failed. */
export class TemplateError extends CartenixError {
  readonly code: ErrorCode = "TEMPLATE";
}

/** The firmware cannot be built. */
export class FirmwareError extends CartenixError {
  readonly code: ErrorCode = "FIRMWARE";
}

/** The kernel cannot be built. */
export class KernelError extends CartenixError {
  readonly code: ErrorCode = "KERNEL";
}

/** The sandbox's shell cannot be built. */
export class ShellError extends CartenixError {
  readonly code: ErrorCode = "SHELL";
}
