export { TemplateError } from "./errors.ts";
export { makeTemplate, type Template } from "./makeTemplate.ts";
export type { Manifest, ManifestFile } from "./manifest.ts";
export { compareToRecord, recordedTemplateHash, type TemplateRecord, type Verdict } from "./record.ts";
export { type JobRun, type RunJobParameters, runJob } from "./runJob.ts";
