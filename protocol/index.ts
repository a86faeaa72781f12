export { recordAbi, requestsAbi } from "./abi.ts";
export { canonicalJson, type Json, NotCanonicalJsonError, parseCanonicalJson } from "./canonicalJson.ts";
export { decodeRequest, MalformedRequestError } from "./decode.ts";
export { encodeBuild, encodeRebuild, encodeRequest, encodeUpload, splitUploads } from "./encode.ts";
export { type DirectInput, inputsHash } from "./inputsHash.ts";
export { decodeQuery, encodeQuery, MAX_MISSING_PATHS, MalformedQueryError, type Query } from "./inspect.ts";
export { MAX_CHUNK_BYTES, MAX_CHUNKS, MAX_PAYLOAD_BYTES } from "./limits.ts";
export {
  type BuiltOutput,
  decodeReport,
  encodeReport,
  MalformedReportError,
  REPORT_KINDS,
  type Report,
} from "./reports.ts";
export type { BuildRequest, RebuildRequest, Request, UploadRequest } from "./types.ts";
