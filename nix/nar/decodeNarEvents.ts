import { NarLimitError } from "../nixErrors.ts";
import type { NeedMore, WireReader } from "../wire/wireReader.ts";
import { paddingLength, WORD_BYTES } from "../wire/wireStrings.ts";
import { MAX_ENTRY_NAME_BYTES, MAX_SYMLINK_TARGET_BYTES, type NarLimits } from "./narLimits.ts";
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

/**
 * What a NAR contains, in its order. Byte arrays are views into the chunks that were read.
 *
 * - `regular` is followed by its `contents` in pieces, `size` bytes in all; a file of size 0 has none.
 * - `directory` is followed by an `entry` before each node in it, and by `leave`.
 */
export type NarEvent =
  | { readonly kind: "regular"; readonly executable: boolean; readonly size: number }
  | { readonly kind: "contents"; readonly bytes: Uint8Array }
  | { readonly kind: "symlink"; readonly target: Uint8Array }
  | { readonly kind: "directory" }
  | { readonly kind: "entry"; readonly name: Uint8Array }
  | { readonly kind: "leave" };

interface OpenDirectory {
  readonly pathLength: number;
  lastName: Uint8Array;
}

/**
 * The only parser of NARs: consumes one archive from the reader, yields what it contains, and yields `undefined` when it
 * needs more bytes. It accepts the canonical form only. Open directories are kept on a stack, so that depth costs no
 * call stack.
 *
 * @throws {NarLimitError} when the archive exceeds a limit.
 */
export function* decodeNarEvents(
  reader: WireReader,
  limits: NarLimits,
): Generator<NarEvent | NeedMore, void, void> {
  const start = reader.position;
  const open: OpenDirectory[] = [];
  let nodes = 0;
  let pathLength = 0;

  function checkLimit(limit: keyof NarLimits, value: number): void {
    if (value > limits[limit]) {
      throw new NarLimitError(limit, limits[limit], reader.position);
    }
  }
  function checkSize(comingBytes: number): void {
    checkLimit("maxSize", reader.position - start + comingBytes);
  }

  yield* reader.token(MAGIC, '"nix-archive-1"');
  for (;;) {
    nodes += 1;
    checkLimit("maxNodes", nodes);
    yield* reader.token(NODE_START, '"(" and "type"');
    let nodeEnded = yield* decodeLeaf(reader, checkSize);
    if (!nodeEnded) {
      yield* reader.token(DIRECTORY, '"regular", "symlink" or "directory"');
      open.push({ pathLength, lastName: NO_NAME });
      checkLimit("maxDepth", open.length);
      yield { kind: "directory" };
    }
    for (;;) {
      checkSize(0);
      const directory = open.at(-1);
      if (directory === undefined) {
        return;
      }
      if (nodeEnded) {
        yield* reader.token(CLOSE, '")" after an entry');
      }
      if (yield* reader.optionalToken(CLOSE)) {
        open.pop();
        nodeEnded = true;
        yield { kind: "leave" };
        continue;
      }
      yield* reader.token(ENTRY, '"entry" or ")"');
      const name = yield* reader.string("an entry name", MAX_ENTRY_NAME_BYTES);
      checkEntryName(name, directory.lastName, reader.position);
      directory.lastName = name;
      pathLength = directory.pathLength + 1 + name.length;
      checkLimit("maxPathLength", pathLength);
      yield { kind: "entry", name };
      yield* reader.token(ENTRY_NODE, '"node"');
      break;
    }
  }
}

/** Consumes a file or a symlink to its end; consumes nothing and returns false if the node is neither. */
function* decodeLeaf(
  reader: WireReader,
  checkSize: (comingBytes: number) => void,
): Generator<NarEvent | NeedMore, boolean, void> {
  if (yield* reader.optionalToken(REGULAR)) {
    yield* decodeContents(reader, checkSize);
  } else if (yield* reader.optionalToken(SYMLINK)) {
    yield* reader.token(TARGET, '"target"');
    const target = yield* reader.string("a symlink target", MAX_SYMLINK_TARGET_BYTES);
    checkSymlinkTarget(target, reader.position);
    yield { kind: "symlink", target };
  } else {
    return false;
  }
  yield* reader.token(CLOSE, '")" after a node');
  return true;
}

function* decodeContents(
  reader: WireReader,
  checkSize: (comingBytes: number) => void,
): Generator<NarEvent | NeedMore, void, void> {
  const executable = !(yield* reader.optionalToken(CONTENTS));
  if (executable) {
    yield* reader.token(EXECUTABLE, '"contents" or "executable"');
    yield* reader.token(CONTENTS, '"contents"');
  }
  if (!reader.has(WORD_BYTES)) {
    yield* reader.fill(WORD_BYTES);
  }
  const size = reader.number("the length of a file", Number.MAX_SAFE_INTEGER);
  checkSize(size);
  yield { kind: "regular", executable, size };
  for (let missing = size; missing > 0; ) {
    if (!reader.has(1)) {
      yield* reader.fill(1);
    }
    const bytes = reader.queue.takeUpTo(missing);
    missing -= bytes.length;
    yield { kind: "contents", bytes };
  }
  const padding = paddingLength(size);
  if (!reader.has(padding)) {
    yield* reader.fill(padding);
  }
  reader.padding(size);
}
