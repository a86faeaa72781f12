const MAX_CHARACTERS = 300;

/** A path on this computer, safe for a terminal: a file's name can be any bytes, and as long as the file system allows. */
export function printPath(path: string | Uint8Array): string {
  const text = typeof path === "string" ? path : new TextDecoder().decode(path);
  const shown = text.length > MAX_CHARACTERS ? `…${text.slice(-MAX_CHARACTERS)}` : text;
  return shown.replaceAll(/\p{C}/gu, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
}
