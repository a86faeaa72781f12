const LONGEST = 120;

/** Hostile text made fit for an error message: one line, escaped, bounded. */
export function quote(text: string): string {
  return text.length <= LONGEST ? JSON.stringify(text) : `${JSON.stringify(text.slice(0, LONGEST))}…`;
}
