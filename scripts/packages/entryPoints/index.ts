/** What the package exports as `cartenix`: everything that needs neither files nor processes, so that browsers have it, too. */
export { registryAddress } from "../../../abi/index.ts";
export {
  type CartenixActions,
  type CartenixActionsParameters,
  cartenixActions,
} from "../../../client/cartenixActions.ts";
export * from "../../../client/chain/index.ts";
export * from "../../../client/clientErrors.ts";
export { describeOutput, type OutputDescription } from "../../../client/describeOutput.ts";
export * from "../../../client/indexer/index.ts";
export { type LookUpParameters, lookUp, type OutputRecord } from "../../../client/lookUp.ts";
export { missingPaths } from "../../../client/missingPaths.ts";
export * from "../../../client/policies/index.ts";
export * from "../../../client/proof/index.ts";
export { type MachineAt, type QueryBounds, queryMachine } from "../../../client/queryMachine.ts";
export { type Deployment, parseDeployment } from "../../../protocol/deployments/index.ts";
export {
  decodeStatement,
  formatNarHash,
  type StatedOutput,
  type Statement,
} from "../../../protocol/index.ts";
export { CartenixError, type ErrorCode } from "../../../support/index.ts";
export {
  type Authority,
  AuthorityFormatError,
  type Contract,
  contractsIn,
  formatAuthority,
  type Judgement,
  parseAuthority,
  STATUSES,
  type Status,
  statusOfVerdict,
  VERDICTS,
  type Verdict,
  worstStatus,
} from "../../../trust/index.ts";
