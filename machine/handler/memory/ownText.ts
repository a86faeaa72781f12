/**
 * Copies a text that is kept. In V8 a part of a text keeps the whole text alive that it was cut from, and a joined text its
 * parts.
 */
export function ownText(text: string): string {
  return Buffer.from(text).toString();
}
