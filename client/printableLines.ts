/** A text of several lines from somebody else, which cannot control a terminal. */
export function printableLines(text: string): string {
  return text.replaceAll("\r\n", "\n").replaceAll(/[^\P{Cc}\n\t]|[\p{Cf}\p{Zl}\p{Zp}]/gu, " ");
}
