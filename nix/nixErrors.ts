import { CartenixError, type ErrorCode } from "../support/index.ts";

export interface NixFormatErrorOptions {
  /** The format that was being read or written, such as `NAR`. */
  format: string;
  /** The rule that the input breaks. */
  reason: string;
  /** Where in the input: a byte, or a character if the input is text. */
  position?: number | undefined;
}

/** Input that is not exactly what one of Nix's formats allows. Everything that `nix/` refuses is one of these. */
export class NixFormatError extends CartenixError {
  readonly code: ErrorCode = "NIX_FORMAT";
  readonly format: string;
  readonly reason: string;
  readonly position: number | undefined;

  constructor({ format, reason, position }: NixFormatErrorOptions) {
    const place = position === undefined ? "" : ` at position ${position}`;
    super(`invalid ${format}${place}: ${reason}`);
    this.format = format;
    this.reason = reason;
    this.position = position;
  }
}

/** Text that is not Nix's base 32. */
export class Base32FormatError extends NixFormatError {
  override readonly code: ErrorCode = "BASE32_FORMAT";

  constructor(reason: string, position?: number) {
    super({ format: "base 32", reason, position });
  }
}

/** Text that is not a hash in one of its canonical spellings. */
export class HashFormatError extends NixFormatError {
  override readonly code: ErrorCode = "HASH_FORMAT";

  constructor(reason: string, position?: number) {
    super({ format: "hash", reason, position });
  }
}

/** Text that is not a store path or the name of one. */
export class StorePathFormatError extends NixFormatError {
  override readonly code: ErrorCode = "STORE_PATH_FORMAT";

  constructor(reason: string, position?: number) {
    super({ format: "store path", reason, position });
  }
}

/** A `.drv` that is not in Nix's canonical form. */
export class DerivationFormatError extends NixFormatError {
  override readonly code: ErrorCode = "DERIVATION_FORMAT";

  constructor(reason: string, position?: number) {
    super({ format: "derivation", reason, position });
  }
}

/** A kind of derivation that Nix hides behind an experimental feature and that is not supported here. */
export class UnsupportedDerivationError extends DerivationFormatError {
  override readonly code: ErrorCode = "UNSUPPORTED_DERIVATION";
}

/** A well-formed derivation whose name, references or output paths do not follow from its content. */
export class DerivationMismatchError extends DerivationFormatError {
  override readonly code: ErrorCode = "DERIVATION_MISMATCH";
}

/** Bytes that are not a canonical Nix archive. */
export class NarFormatError extends NixFormatError {
  override readonly code: ErrorCode = "NAR_FORMAT";

  constructor(reason: string, position?: number) {
    super({ format: "NAR", reason, position });
  }
}

/** A Nix archive that exceeds one of the limits it was read with. */
export class NarLimitError extends NarFormatError {
  override readonly code: ErrorCode = "NAR_LIMIT";
  readonly limit: string;
  readonly bound: number;

  constructor(limit: string, bound: number, position?: number) {
    super(`exceeds the limit ${limit} = ${bound}`, position);
    this.limit = limit;
    this.bound = bound;
  }
}

/** Bytes that are not a canonical `nix-store --export` stream. */
export class ExportFormatError extends NixFormatError {
  override readonly code: ErrorCode = "EXPORT_FORMAT";

  constructor(reason: string, position?: number) {
    super({ format: "export stream", reason, position });
  }
}

/** A store path whose name does not follow from its content. */
export class ContentMismatchError extends NixFormatError {
  override readonly code: ErrorCode = "CONTENT_MISMATCH";

  constructor(reason: string) {
    super({ format: "content address", reason });
  }
}
