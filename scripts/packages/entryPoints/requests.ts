/** What the package exports as `cartenix/requests`: what prepares a build, has a machine do it, and follows it. Needs Node. */
export { missingPaths } from "../../../client/missingPaths.ts";
export * from "../../../client/requests/index.ts";
export { createProgress, type Progress, type Stage, silentProgress } from "../../../support/index.ts";
