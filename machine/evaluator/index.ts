export { CARTENIX_EXPRESSIONS, SEED_ATTRIBUTES } from "./cartenixExpressions.ts";
export { EvaluationError } from "./evaluatorErrors.ts";
export { type FlatFixedOutput, flatFixedOutputsOf } from "./flatFixedOutputsOf.ts";
export { type Evaluator, openEvaluator, type SuppliedFile } from "./openEvaluator.ts";
