import { concatBytes } from "../bytes/concatBytes.ts";
import { encodeNumber, encodePadding } from "../wire/wireStrings.ts";
import { checkEntryName, checkSymlinkTarget, NO_NAME } from "./narNames.ts";
import {
  CLOSE,
  CONTENTS,
  DIRECTORY,
  ENTRY,
  ENTRY_NODE,
  EXECUTABLE,
  MAGIC,
  NODE_START,
  REGULAR,
  SYMLINK,
  TARGET,
} from "./narTokens.ts";
import type { NarEntry, NarNode } from "./narTree.ts";

interface OpenDirectory {
  readonly entries: readonly NarEntry[];
  next: number;
  lastName: Uint8Array;
}

/**
 * Encodes a tree as a NAR, from which `decodeNar` returns the same tree.
 *
 * @throws {NarFormatError} for names and targets that a NAR cannot hold, and for unsorted or duplicate entries.
 */
export function encodeNar(root: NarNode): Uint8Array {
  return concatBytes([...encodeTree(root)]);
}

function* encodeTree(root: NarNode): Generator<Uint8Array, void, void> {
  const open: OpenDirectory[] = [];
  yield MAGIC;
  for (let node: NarNode | undefined = root; node !== undefined; ) {
    yield NODE_START;
    if (node.kind === "directory") {
      yield DIRECTORY;
      open.push({ entries: node.entries, next: 0, lastName: NO_NAME });
    } else {
      yield* encodeLeaf(node);
      if (open.length > 0) {
        yield CLOSE;
      }
    }
    node = yield* encodeUpToNextNode(open);
  }
}

function* encodeLeaf(node: Exclude<NarNode, { kind: "directory" }>): Generator<Uint8Array, void, void> {
  if (node.kind === "symlink") {
    checkSymlinkTarget(node.target);
    yield SYMLINK;
    yield TARGET;
    yield* encodeBytes(node.target);
  } else {
    yield REGULAR;
    if (node.executable) {
      yield EXECUTABLE;
    }
    yield CONTENTS;
    yield* encodeBytes(node.contents);
  }
  yield CLOSE;
}

function* encodeUpToNextNode(open: OpenDirectory[]): Generator<Uint8Array, NarNode | undefined, void> {
  for (let directory = open.at(-1); directory !== undefined; directory = open.at(-1)) {
    const entry = directory.entries[directory.next];
    if (entry !== undefined) {
      checkEntryName(entry.name, directory.lastName);
      directory.lastName = entry.name;
      directory.next += 1;
      yield ENTRY;
      yield* encodeBytes(entry.name);
      yield ENTRY_NODE;
      return entry.node;
    }
    open.pop();
    yield CLOSE;
    if (open.length > 0) {
      yield CLOSE;
    }
  }
  return undefined;
}

function* encodeBytes(bytes: Uint8Array): Generator<Uint8Array, void, void> {
  yield encodeNumber(bytes.length);
  yield bytes;
  yield encodePadding(bytes.length);
}
