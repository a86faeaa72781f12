import { CartenixError, type ErrorCode } from "../../support/index.ts";

/** Anything that goes wrong between us and Debian's archive. */
export class DebianError extends CartenixError {
  readonly code: ErrorCode = "DEBIAN";
}

/** A .deb, an index or a lock file is not what its format says. */
export class DebianFormatError extends DebianError {
  override readonly code: ErrorCode = "DEBIAN_FORMAT";
}

/** A pinned file is no longer on the mirror: a newer version took its place. */
export class PinnedFileGoneError extends DebianError {
  override readonly code: ErrorCode = "PINNED_FILE_GONE";
  constructor(name: string, version: string) {
    super(`${name} ${version} is gone from the mirror: a newer version took its place`, {
      remedy: "npm run template:lock",
    });
  }
}
