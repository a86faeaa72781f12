export { type LocalClosureOptions, localClosure } from "./closure/localClosure.ts";
export type { LocalPath } from "./closure/localPath.ts";
export { type BoundContent, boundContent, type StatedContent } from "./contentAddress/boundContent.ts";
export {
  type LocalContent,
  type LocalContentAddress,
  localContentAddress,
} from "./contentAddress/localContentAddress.ts";
export { hashPath } from "./nar/hashPath.ts";
export { type ReadOptions, streamPathNar } from "./nar/streamPathNar.ts";
export { type Compression, decompress, isKnownCompression } from "./narFile/decompress.ts";
export { hashNarFile } from "./narFile/hashNarFile.ts";
export {
  ClosureLimitError,
  DamagedNarError,
  NixQueryError,
  OutputExistsError,
  PathChangedError,
  UnreadablePathError,
  UnsupportedCompressionError,
  UnsupportedFileError,
  UnwritablePathError,
} from "./storeErrors.ts";
export { requireNothingAt, unpackNarFile } from "./unpack/unpackNarFile.ts";
