import { CartenixError, type ErrorCode } from "../../../support/index.ts";
/** Nix's daemon ended the conversation, or said something that its protocol does not have. */
export class NixProtocolError extends CartenixError {
  readonly code: ErrorCode = "NIX_PROTOCOL";
}

/** Nix refused an operation; the message is Nix's own, without colours. */
export class NixRefusedError extends CartenixError {
  readonly code: ErrorCode = "NIX_REFUSED";
}
