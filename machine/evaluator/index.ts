export { CARTENIX_EXPRESSIONS, SEED_ATTRIBUTES } from "./cartenixExpressions.ts";
export type { DerivationStore } from "./derivationStore.ts";
export { EvaluationError, HostNixError } from "./evaluatorErrors.ts";
export { type FlatFixedOutput, flatFixedOutputsOf } from "./flatFixedOutputsOf.ts";
export {
  type Evaluator,
  type NixArgument,
  type OpenEvaluatorParameters,
  openEvaluator,
  type SuppliedFile,
} from "./openEvaluator.ts";
export { openHostStore } from "./openHostStore.ts";
