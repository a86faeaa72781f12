import { CartenixError, type ErrorCode } from "../support/index.ts";

/** The configuration file cannot be used. */
export class ConfigError extends CartenixError {
  readonly code: ErrorCode = "CONFIG";
}

/** Something that the command needs was neither given nor configured. */
export class MissingSettingError extends CartenixError {
  readonly code: ErrorCode = "MISSING_SETTING";
}
