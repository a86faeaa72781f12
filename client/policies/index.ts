export {
  estimatePolicy,
  type MadePolicy,
  type MakePolicyParameters,
  makePolicy,
} from "./makePolicy.ts";
export { DamagedDeploymentError, PolicyRefusedError } from "./policyErrors.ts";
export type { PolicyTerms } from "./policyTerms.ts";
export { type PreparedPolicy, type PreparePolicyParameters, preparePolicy } from "./preparePolicy.ts";
export { type Policy, type ReadPolicyParameters, readPolicy } from "./readPolicy.ts";
