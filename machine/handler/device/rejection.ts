import { CartenixError, type ErrorCode } from "../../../support/index.ts";

/** The whole input or query is rejected; its sender reads the message, which is one line. */
export class Rejection extends CartenixError {
  readonly code: ErrorCode = "REJECTION";

  constructor(message: string) {
    super(toOneLine(message));
  }
}

const CONTROL_CHARACTERS = /\p{Cc}+/u;

/**
 * Removes line breaks and everything else that a terminal would act on. Splits first, since a pattern that includes the
 * surrounding white space takes quadratic time.
 */
function toOneLine(text: string): string {
  const pieces = text.split(CONTROL_CHARACTERS).map((piece) => piece.trim());
  return pieces.filter((piece) => piece !== "").join(" ");
}
