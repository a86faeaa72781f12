export { hashPath } from "./nar/hashPath.ts";
export { type ReadOptions, streamPathNar } from "./nar/streamPathNar.ts";
export { type Compression, decompress, isKnownCompression } from "./narFile/decompress.ts";
export { hashNarFile } from "./narFile/hashNarFile.ts";
export {
  DamagedNarError,
  PathChangedError,
  UnreadablePathError,
  UnsupportedCompressionError,
  UnsupportedFileError,
} from "./storeErrors.ts";
