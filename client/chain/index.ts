export { agreeingTransport } from "./agreeingTransport.ts";
export { boundedHttp } from "./boundedHttp.ts";
export { explainChainError } from "./explainChainError.ts";
export { type Finding, PATHS_PER_CALL, type ReadFindingsParameters, readFindings } from "./readFindings.ts";
export { type ReadLogsParameters, readLogs } from "./readLogs.ts";
