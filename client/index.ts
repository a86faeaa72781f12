export {
  decodeStatement,
  MalformedStatementError,
  type StatedOutput,
  type Statement,
} from "../protocol/index.ts";
export {
  type CartenixActions,
  type CartenixActionsParameters,
  cartenixActions,
} from "./cartenixActions.ts";
export * from "./chain/index.ts";
export * from "./clientErrors.ts";
export { describeOutput, type OutputDescription } from "./describeOutput.ts";
export * from "./indexer/index.ts";
export { type LookUpParameters, lookUp, type OutputRecord } from "./lookUp.ts";
export { missingPaths } from "./missingPaths.ts";
export { findBuilt } from "./node/findBuilt.ts";
export {
  askNode,
  type NodeClient,
  type NodeInput,
  type NodeOutput,
  nodeClientOf,
} from "./node/nodeClient.ts";
export { readBuildLog } from "./node/readBuildLog.ts";
export { type ReadReportsParameters, readLastReports, readReports } from "./node/readReports.ts";
export * from "./policies/index.ts";
export { printableLines } from "./printableLines.ts";
export { printableText } from "./printableText.ts";
export * from "./proof/index.ts";
export { type MachineAt, type QueryBounds, queryMachine } from "./queryMachine.ts";
export { readAtMost } from "./readAtMost.ts";
export * from "./requests/index.ts";
export { sleep } from "./sleep.ts";
export { streamNar } from "./streamNar.ts";
export {
  type PathAtHand,
  type VerifiedPath,
  type VerifyPathsParameters,
  verifyPaths,
} from "./verifyPaths.ts";
