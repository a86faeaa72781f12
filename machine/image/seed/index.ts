export { EvaluationError } from "../../evaluator/errors.ts";
export { type Evaluator, openEvaluator, type SuppliedFile } from "../../evaluator/openEvaluator.ts";
export { type FlatFixedOutput, flatFixedOutputsOf } from "../../evaluator/flatFixedOutputsOf.ts";
export { pinBusybox } from "./pinBusybox.ts";
export { seedJob } from "./seedJob.ts";
