import { CartenixError, type ErrorCode } from "../../support/index.ts";

/** The toolbox cannot be entered on this host. */
export class ToolboxError extends CartenixError {
  readonly code: ErrorCode = "TOOLBOX";
}

/** A command in the toolbox ended badly; `details` holds the last lines that it wrote. */
export class ToolboxCommandError extends ToolboxError {
  override readonly code: ErrorCode = "TOOLBOX_COMMAND";
}
