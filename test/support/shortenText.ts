const MAX_LINE_CHARACTERS = 400;
const END_DIGITS = 16;

/** Cuts out the middle of hexadecimal data of more than 200 digits, and the rest of overlong lines; appends the whole length. */
export function shortenText(text: string): string {
  return text
    .replaceAll(/0x[0-9a-fA-F]{201,}/g, shortenHex)
    .split("\n")
    .map(shortenLine)
    .join("\n");
}

function shortenHex(hex: string): string {
  const bytes = (hex.length - "0x".length) / 2;
  return `${hex.slice(0, "0x".length + END_DIGITS)}…${hex.slice(-END_DIGITS)} (${bytes} bytes)`;
}

function shortenLine(line: string): string {
  return line.length > MAX_LINE_CHARACTERS
    ? `${line.slice(0, MAX_LINE_CHARACTERS)}… (${line.length} characters)`
    : line;
}
