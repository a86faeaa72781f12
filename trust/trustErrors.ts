import { CartenixError, type ErrorCode } from "../support/index.ts";

/** A text does not say whom to believe. */
export class AuthorityFormatError extends CartenixError {
  readonly code: ErrorCode = "AUTHORITY_FORMAT";

  constructor(reason: string) {
    super(`cannot read whom to believe: ${reason}`, {
      remedy: "write 0x… for an application, policy:0x… for a policy, or 2 of (0x…, 0x…, policy:0x…)",
    });
  }
}
