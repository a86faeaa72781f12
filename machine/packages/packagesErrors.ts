import { CartenixError, type ErrorCode } from "../../support/index.ts";

/** Something failed between us and Debian's archive. */
export class DebianError extends CartenixError {
  readonly code: ErrorCode = "DEBIAN";
}

/** A .deb, an index or a lock file is malformed. */
export class DebianFormatError extends DebianError {
  override readonly code: ErrorCode = "DEBIAN_FORMAT";
}

/** The mirror no longer has a pinned file: a newer version replaced it. */
export class PinnedFileGoneError extends DebianError {
  override readonly code: ErrorCode = "PINNED_FILE_GONE";

  constructor(name: string, version: string) {
    super(`${name} ${version} is gone from the mirror: a newer version replaced it`, {
      remedy: "pin the current versions: npm run template:lock",
    });
  }
}
