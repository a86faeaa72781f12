export { type Archive, openArchive } from "./archive.ts";
export { DebianError, DebianFormatError, PinnedFileGoneError } from "./errors.ts";
export { type FetchedFile, fetchPinned } from "./fetchPinned.ts";
export { hostTool } from "./hostTool.ts";
export { type Lock, type PinnedFile, parseLock, printLock, readLock } from "./lock.ts";
export { findMirror } from "./mirror.ts";
export { type LockRequest, refreshLock } from "./refreshLock.ts";
export { type UnpackOptions, unpackDebs } from "./unpackDebs.ts";
