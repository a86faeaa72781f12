const MAX_CHARACTERS = 120;

/** Untrusted text made safe for an error message: one line, escaped, bounded. */
export function quote(text: string): string {
  return text.length <= MAX_CHARACTERS
    ? JSON.stringify(text)
    : `${JSON.stringify(text.slice(0, MAX_CHARACTERS))}…`;
}
