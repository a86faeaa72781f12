export { findMirror } from "./archive/findMirror.ts";
export { type Archive, openArchive } from "./archive/openArchive.ts";
export { parsePackageIndex, parseSourceIndex } from "./archive/packageIndex.ts";
export { type LockRequest, resolveLock } from "./archive/resolveLock.ts";
export { type CachedFolder, cachedFolder, stageInput } from "./cache/cachedFolder.ts";
export { describeFile, describeFiles, type FileDigest } from "./cache/describeFiles.ts";
export { type FetchedFile, fetchPinned } from "./cache/fetchPinned.ts";
export { sha256OfFile } from "./cache/sha256OfFile.ts";
export { withProcessLock } from "./cache/withProcessLock.ts";
export { type DebContent, decodeDeb } from "./deb/decodeDeb.ts";
export { type UnpackOptions, unpackDebs } from "./deb/unpackDebs.ts";
export {
  HOST_PLATFORMS,
  type HostPackages,
  type HostPlatform,
  hostPackages,
  UnsupportedPlatformError,
} from "./host/hostPlatform.ts";
export { hostTool } from "./host/hostTool.ts";
export { NAMESPACES_REMEDY } from "./host/namespacesRemedy.ts";
export {
  formatLock,
  IMAGE_LOCKS,
  LOCK_NAMES,
  LOCKS,
  type Lock,
  type LockName,
  type PinnedFile,
  parseLock,
  readLock,
  SEED_LOCKS,
} from "./lock.ts";
export { DebianError, DebianFormatError, PinnedFileGoneError } from "./packagesErrors.ts";
export { makeScratchFolder, type ScratchFolder } from "./scratchFolder.ts";
