export { hashPath } from "./nar/hashPath.ts";
export { type ReadOptions, streamPathNar } from "./nar/streamPathNar.ts";
export { PathChangedError, UnreadablePathError, UnsupportedFileError } from "./storeErrors.ts";
