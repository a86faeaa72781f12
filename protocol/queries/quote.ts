const MAX_QUOTED_LENGTH = 80;

/** A text's beginning, as one line of JSON. */
export function quote(text: string): string {
  return JSON.stringify(text.length > MAX_QUOTED_LENGTH ? `${text.slice(0, MAX_QUOTED_LENGTH)}…` : text);
}
