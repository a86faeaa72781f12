import { CartenixError } from "../../support/index.ts";

/** The toolbox cannot be entered on this host. */
export class ToolboxError extends CartenixError {
  override name = "ToolboxError";
}

/** A command in the toolbox ended badly; `details` holds the last lines that it wrote. */
export class ToolboxCommandError extends ToolboxError {
  override name = "ToolboxCommandError";
}
