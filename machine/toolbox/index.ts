export { findNamespaces } from "./findNamespaces.ts";
export { openToolbox, type Toolbox } from "./openToolbox.ts";
export type { Bind, RunOptions } from "./runInside.ts";
export { ToolboxCommandError, ToolboxError } from "./toolboxErrors.ts";
