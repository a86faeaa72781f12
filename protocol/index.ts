export { type Deployment, formatDeployment, parseDeployment } from "./deployment/deployment.ts";
export { LOG2_MAX_INPUT_CYCLES, MAX_INPUT_CYCLES } from "./inputs/cycleLimit.ts";
export { decodeEvmAdvance, type EvmAdvance, encodeEvmAdvance, evmAdvanceAbi } from "./inputs/evmAdvance.ts";
export { canonicalJson, type Json } from "./json/canonicalJson.ts";
export { parseCanonicalJson } from "./json/parseCanonicalJson.ts";
export { decodeOutput, destinationOf, encodeOutput, type Output, outputAbi } from "./outputs/output.ts";
export * from "./protocolErrors.ts";
export { decodeQuery, QUERY_KINDS } from "./queries/decodeQuery.ts";
export { encodeQuery } from "./queries/encodeQuery.ts";
export { MAX_MISSING_PATHS, type Query } from "./queries/query.ts";
export { decodeRecord } from "./registry/decodeRecord.ts";
export { encodedOutputSize, encodeRecord } from "./registry/encodeRecord.ts";
export { formatNarHash } from "./registry/formatNarHash.ts";
export { type DirectInput, inputsHash } from "./registry/inputsHash.ts";
export { type RecordCall, type RegistryOutput, recordAbi } from "./registry/recordAbi.ts";
export { decodeReport, REPORT_KINDS } from "./reports/decodeReport.ts";
export { encodeReport } from "./reports/encodeReport.ts";
export type { BuiltOutput, Report } from "./reports/report.ts";
export { decodeRequest, REQUEST_KINDS } from "./requests/decodeRequest.ts";
export { encodeBuild, encodeRebuild, encodeRequest, encodeUpload } from "./requests/encodeRequest.ts";
export type { BuildRequest, RebuildRequest, Request, UploadRequest } from "./requests/request.ts";
export {
  MAX_CHUNK_BYTES,
  MAX_CHUNKS,
  MAX_DRV_PATH_LENGTH,
  MAX_PAYLOAD_BYTES,
} from "./requests/requestLimits.ts";
export { requestsAbi } from "./requests/requestsAbi.ts";
export { splitUploads } from "./requests/splitUploads.ts";
export { decodeStatement } from "./statement/decodeStatement.ts";
export { encodeStatement } from "./statement/encodeStatement.ts";
export type { StatedInput, StatedOutput, Statement } from "./statement/statement.ts";
