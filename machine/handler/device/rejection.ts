import { CartenixError, type ErrorCode } from "../../../support/index.ts";
/** The input or query is rejected whole; the message is the one line that its sender reads. */
export class Rejection extends CartenixError {
  readonly code: ErrorCode = "REJECTION";

  constructor(message: string) {
    super(inOneLine(message));
  }
}

const CONTROLS = /\p{Cc}+/u;

/**
 * Without line ends, and without what a terminal would obey. Cut there first: a search for them with the white space
 * around takes quadratic time.
 */
function inOneLine(text: string): string {
  const pieces = text.split(CONTROLS).map((piece) => piece.trim());
  return pieces.filter((piece) => piece !== "").join(" ");
}
