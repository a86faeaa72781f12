export { cachePath } from "./cachePath.ts";
export { CartenixError, type CartenixErrorOptions } from "./error.ts";
export { createProgress, type Progress, type Stage, silentProgress } from "./progress.ts";
