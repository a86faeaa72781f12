export { type Cost, type EstimateCostParameters, estimateCost } from "./estimateCost.ts";
export { type FindInputsParameters, type FoundInput, findInputs } from "./findInputs.ts";
export { type FindRequestParameters, findRequest, type RequestSubject } from "./findRequest.ts";
export { payloadsOf } from "./payloadsOf.ts";
export {
  type Bundle,
  type NixFile,
  type PrepareBuildOptions,
  type PrepareBuildParameters,
  type PreparedBuild,
  prepareBuild,
} from "./prepareBuild.ts";
export { type Answer, readAnswer } from "./readAnswer.ts";
export { lastMessageIn, refusalOf } from "./refusalOf.ts";
export {
  ContentTooLargeError,
  DerivationNotFoundError,
  FixedOutputMissingError,
  InsufficientFundsError,
  JournalError,
  WeakHashError,
} from "./requestErrors.ts";
export {
  type SignedTransaction,
  type SubmitRequestsParameters,
  type SubmittedInput,
  submitRequests,
} from "./submitRequests.ts";
export { type BuildResponse, waitForBuild } from "./waitForBuild.ts";
export { type FollowOptions, waitForInput } from "./waitForInput.ts";
export { type AcceptedOutput, waitForProof } from "./waitForProof.ts";
export { type RebuildResponse, waitForRebuild } from "./waitForRebuild.ts";
