export { cachePath } from "./cachePath.ts";
export { CartenixError, type CartenixErrorOptions, type ErrorCode } from "./cartenixError.ts";
export { InterruptedError, UsageError } from "./commonErrors.ts";
export { exitWhenInterrupted } from "./exitWhenInterrupted.ts";
export { createProgress, type Progress, type Stage, silentProgress } from "./progress.ts";
