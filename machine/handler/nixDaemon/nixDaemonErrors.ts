import { CartenixError, type ErrorCode } from "../../../support/index.ts";

/** Nix's daemon closed the connection or violated its protocol. */
export class NixProtocolError extends CartenixError {
  readonly code: ErrorCode = "NIX_PROTOCOL";
}

/** Nix refused an operation; the message is Nix's own, without colors. */
export class NixRefusedError extends CartenixError {
  readonly code: ErrorCode = "NIX_REFUSED";
}
