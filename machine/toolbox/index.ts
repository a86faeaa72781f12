export { ToolboxCommandError, ToolboxError } from "./errors.ts";
export { openToolbox, type Toolbox } from "./openToolbox.ts";
export type { Bind, RunOptions } from "./runInside.ts";
