import { concatBytes } from "../bytes/concatBytes.ts";

/** Bytes of the length in front of each string, and what strings are padded to. */
export const WORD = 8;

/** A string as archives hold it: length, bytes, zeros up to the next multiple of 8. */
export function narString(text: string): Uint8Array {
  return concatBytes([lengthWord(text.length), new TextEncoder().encode(text), padding(text.length)]);
}

/** A number as 8 bytes, the lowest first. */
export function lengthWord(value: number): Uint8Array {
  const word = new Uint8Array(WORD);
  const view = new DataView(word.buffer);
  view.setUint32(0, value % 0x1_0000_0000, true);
  view.setUint32(4, Math.floor(value / 0x1_0000_0000), true);
  return word;
}

/** The zeros behind a string of that many bytes. */
export function padding(length: number): Uint8Array {
  return new Uint8Array(paddingLength(length));
}

export function paddingLength(length: number): number {
  return (WORD - (length % WORD)) % WORD;
}

function narStrings(...texts: string[]): Uint8Array {
  return concatBytes(texts.map(narString));
}

export const MAGIC = narStrings("nix-archive-1");
export const NODE_START = narStrings("(", "type");
export const REGULAR = narStrings("regular");
export const EXECUTABLE = narStrings("executable", "");
export const CONTENTS = narStrings("contents");
export const SYMLINK = narStrings("symlink");
export const TARGET = narStrings("target");
export const DIRECTORY = narStrings("directory");
export const ENTRY = narStrings("entry", "(", "name");
export const ENTRY_NODE = narStrings("node");
export const CLOSE = narStrings(")");
