export type { AcceptedOutput, FindAccepted } from "./acceptedOutput.ts";
export { createSubstituter, type SubstituterOptions } from "./createSubstituter.ts";
export { type NarFiles, openNarFiles } from "./narFiles.ts";
export { cacheNars } from "./sources/cacheNars.ts";
export { machineNars } from "./sources/machineNars.ts";
export type { FoundNar, NarSource } from "./sources/narSource.ts";
export { SourceError, WrongNarError } from "./substituterErrors.ts";
