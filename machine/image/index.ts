export { type JobRun, type RunJobParameters, runJob } from "./boot/runJob.ts";
export { confineScript } from "./handlerProgram/confineScript.ts";
export { TemplateError } from "./imageErrors.ts";
export { makeTemplate, type Template } from "./makeTemplate.ts";
export type { Manifest } from "./manifest/manifest.ts";
export {
  type Comparison,
  compareToPinned,
  type PinnedTemplate,
  readPinnedTemplate,
} from "./pinnedTemplate.ts";
