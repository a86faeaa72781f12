export { type Policy, type ReadPolicyParameters, readPolicy } from "./readPolicy.ts";
