/** A text that a stranger chose, as Postgres can store it: it has no place for the character NUL, nor for lone surrogates. */
export function storable(text: string): string {
  return text.replaceAll("\0", "\u{fffd}").toWellFormed();
}
