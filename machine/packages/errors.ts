import { CartenixError } from "../../support/index.ts";

/** Anything that goes wrong between us and Debian's archive. */
export class DebianError extends CartenixError {
  override name = "DebianError";
}

/** A .deb, an index or a lock file is not what its format says. */
export class DebianFormatError extends DebianError {
  override name = "DebianFormatError";
}

/** A pinned file is no longer on the mirror: a newer version took its place. */
export class PinnedFileGoneError extends DebianError {
  override name = "PinnedFileGoneError";
  constructor(name: string, version: string) {
    super(`${name} ${version} is gone from the mirror: a newer version took its place`, {
      remedy: "npm run template:lock",
    });
  }
}
