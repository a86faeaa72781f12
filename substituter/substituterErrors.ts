import { NixFormatError } from "../nix/index.ts";
import { CartenixError, type ErrorCode } from "../support/index.ts";

/** A place that NARs come from does not work, or answers what it must not. */
export class SourceError extends CartenixError {
  readonly code: ErrorCode = "NAR_SOURCE";
}

/** The bytes are not those that are accepted. */
export class WrongNarError extends CartenixError {
  readonly code: ErrorCode = "WRONG_NAR";
}

/** The bytes are accepted, but do not refer to what a cache states that they refer to. */
export class WrongReferencesError extends CartenixError {
  readonly code: ErrorCode = "WRONG_REFERENCES";
  /** What the cache states, as `narInfoFingerprint` writes it. */
  readonly fingerprint: string;

  constructor(shortMessage: string, { fingerprint, details }: { fingerprint: string; details: string }) {
    super(shortMessage, { details });
    this.fingerprint = fingerprint;
  }
}

/** Text that is not a `.narinfo`. */
export class NarInfoFormatError extends NixFormatError {
  override readonly code: ErrorCode = "NAR_INFO_FORMAT";

  constructor(reason: string) {
    super({ format: "narinfo", reason });
  }
}

/** Text that is not a key for signatures of store paths. */
export class SigningKeyFormatError extends NixFormatError {
  override readonly code: ErrorCode = "SIGNING_KEY_FORMAT";

  constructor(reason: string) {
    super({ format: "signing key", reason });
  }
}
