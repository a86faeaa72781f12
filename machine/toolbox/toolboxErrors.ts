import { CartenixError, type ErrorCode } from "../../support/index.ts";

/** This host does not allow entering the toolbox. */
export class ToolboxError extends CartenixError {
  readonly code: ErrorCode = "TOOLBOX";
}

/** A command in the toolbox failed; `details` holds the last lines of its output. */
export class ToolboxCommandError extends ToolboxError {
  override readonly code: ErrorCode = "TOOLBOX_COMMAND";
}
