export { recordAbi, requestsAbi } from "./abi.ts";
export { decodeRequest, MalformedRequestError } from "./decode.ts";
export { encodeBuild, encodeUpload, splitUploads } from "./encode.ts";
export { type DirectInput, inputsHash } from "./inputsHash.ts";
export { MAX_CHUNK_BYTES, MAX_CHUNKS, MAX_PAYLOAD_BYTES } from "./limits.ts";
export type { BuildRequest, Request, UploadRequest } from "./types.ts";
