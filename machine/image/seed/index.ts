export { EvaluationError } from "./errors.ts";
export { type Evaluator, openEvaluator, type SuppliedFile } from "./evaluator.ts";
export { type FlatFixedOutput, flatFixedOutputsOf } from "./flatFixedOutputsOf.ts";
export { pinBusybox } from "./pinBusybox.ts";
export { seedJob } from "./seedJob.ts";
