import { concatBytes } from "../bytes/concatBytes.ts";
import { encodeString } from "../wire/wireStrings.ts";

/** The runs of strings that every archive consists of, besides names, targets and contents. */
export const MAGIC = tokenOf("nix-archive-1");
export const NODE_START = tokenOf("(", "type");
export const REGULAR = tokenOf("regular");
export const EXECUTABLE = tokenOf("executable", "");
export const CONTENTS = tokenOf("contents");
export const SYMLINK = tokenOf("symlink");
export const TARGET = tokenOf("target");
export const DIRECTORY = tokenOf("directory");
export const ENTRY = tokenOf("entry", "(", "name");
export const ENTRY_NODE = tokenOf("node");
export const CLOSE = tokenOf(")");

function tokenOf(...texts: string[]): Uint8Array {
  return concatBytes(texts.map(encodeString));
}
