/** Nix's daemon ended the conversation, or said something that its protocol does not have. */
export class NixProtocolError extends Error {
  override name = "NixProtocolError";
}

/** Nix refused an operation; the message is Nix's own, without colours. */
export class NixRefusedError extends Error {
  override name = "NixRefusedError";
}
