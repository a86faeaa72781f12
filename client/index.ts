export {
  decodeStatement,
  MalformedStatementError,
  type StatedOutput,
  type Statement,
} from "../protocol/index.ts";
export * from "./chain/index.ts";
export * from "./clientErrors.ts";
export {
  type BuildResponse,
  type FollowOptions,
  type ProvenOutput,
  type RebuildResponse,
  waitForBuild,
  waitForProof,
  waitForRebuild,
} from "./followRequest.ts";
export * from "./indexer/index.ts";
export { type LookUpParameters, lookUp, type OutputRecord } from "./lookUp.ts";
export { missingPaths } from "./missingPaths.ts";
export * from "./policies/index.ts";
export {
  type Bundle,
  FixedOutputMissingError,
  type PrepareBuildParameters,
  type PreparedBuild,
  prepareBuild,
} from "./prepareBuild.ts";
export { printableText } from "./printableText.ts";
export * from "./proof/index.ts";
export { type MachineAt, type QueryBounds, queryMachine } from "./queryMachine.ts";
export { readAtMost } from "./readAtMost.ts";
export { streamNar } from "./streamNar.ts";
export { type SubmitRequestsParameters, type SubmittedInput, submitRequests } from "./submitRequests.ts";
export {
  type PathAtHand,
  type VerifiedPath,
  type VerifyPathsParameters,
  verifyPaths,
} from "./verifyPaths.ts";
