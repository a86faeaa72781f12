import { checkEntryName } from "./checkEntryName.ts";
import { checkLinkTarget } from "./checkLinkTarget.ts";
import type { NarEntry, NarNode } from "./narNode.ts";
import {
  CLOSE,
  CONTENTS,
  DIRECTORY,
  ENTRY,
  ENTRY_NODE,
  EXECUTABLE,
  lengthWord,
  MAGIC,
  NODE_START,
  padding,
  REGULAR,
  SYMLINK,
  TARGET,
} from "./tokens.ts";

interface OpenDirectory {
  readonly entries: readonly NarEntry[];
  next: number;
  lastName: Uint8Array;
}

/**
 * Writes a tree as a NAR in pieces, so that it can be hashed or sent without being joined.
 *
 * @throws NarFormatError for names and targets that a NAR cannot have, and for unsorted or double entries.
 */
export function* encodeNarChunks(root: NarNode): Generator<Uint8Array, void, void> {
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
    node = yield* nextNode(open);
  }
}

function* encodeLeaf(node: Exclude<NarNode, { kind: "directory" }>): Generator<Uint8Array, void, void> {
  if (node.kind === "symlink") {
    checkLinkTarget(node.target);
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

function* nextNode(open: OpenDirectory[]): Generator<Uint8Array, NarNode | undefined, void> {
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
  yield lengthWord(bytes.length);
  yield bytes;
  yield padding(bytes.length);
}

const NO_NAME = new Uint8Array(0);
