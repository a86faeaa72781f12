export { agreeingTransport, MAX_BLOCKS_APART } from "./agreeingTransport.ts";
export { boundedHttp } from "./boundedHttp.ts";
export { type CompareHashesParameters, type Comparison, compareHashes } from "./compareHashes.ts";
export { explainChainError } from "./explainChainError.ts";
export { readApplications } from "./readApplications.ts";
export {
  type DerivationFinding,
  type DerivationJudgement,
  type DerivationOutputName,
  type ReadDerivationFindingsParameters,
  readDerivationFindings,
} from "./readDerivationFindings.ts";
export { type Finding, PATHS_PER_CALL, type ReadFindingsParameters, readFindings } from "./readFindings.ts";
export { type History, type Observation, type ReadHistoryParameters, readHistory } from "./readHistory.ts";
export { type ReadLogsParameters, readLogs } from "./readLogs.ts";
