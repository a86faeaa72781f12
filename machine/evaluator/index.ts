export { EvaluationError } from "./evaluationError.ts";
export { type FlatFixedOutput, flatFixedOutputsOf } from "./flatFixedOutputsOf.ts";
export { CARTENIX_EXPRESSIONS, type Evaluator, openEvaluator, type SuppliedFile } from "./openEvaluator.ts";
