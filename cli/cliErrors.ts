import { CartenixError, type ErrorCode } from "../support/index.ts";

/** The configuration file cannot be used. */
export class ConfigError extends CartenixError {
  readonly code: ErrorCode = "CONFIG";
}

/** Something that the command needs was neither given nor configured. */
export class MissingSettingError extends CartenixError {
  readonly code: ErrorCode = "MISSING_SETTING";
}

/** The command needs parts that the published package does not have. */
export class RepositoryOnlyError extends CartenixError {
  readonly code: ErrorCode = "REPOSITORY_ONLY";

  constructor() {
    super("this command needs the machine, the node and the contracts, which only the repository has", {
      remedy: "clone the repository of Cartenix, and run it there by: npm run cartenix -- …",
    });
  }
}

/** The secret key of this computer's substituter cannot be used. */
export class CacheKeyError extends CartenixError {
  readonly code: ErrorCode = "CACHE_KEY";
}

/** The substituter cannot listen where it should. */
export class ListenError extends CartenixError {
  readonly code: ErrorCode = "LISTEN";
}

/** A nix.conf cannot be changed. */
export class NixConfError extends CartenixError {
  readonly code: ErrorCode = "NIX_CONF";
}

/** The key to send with cannot be used. */
export class KeyError extends CartenixError {
  readonly code: ErrorCode = "KEY";
}

/** What costs money was not confirmed. */
export class NotConfirmedError extends CartenixError {
  readonly code: ErrorCode = "NOT_CONFIRMED";
}

/** The chain has no request of that kind. */
export class RequestNotFoundError extends CartenixError {
  readonly code: ErrorCode = "REQUEST_NOT_FOUND";
}
