import { NarLimitError } from "../nixErrors.ts";
import { checkEntryName } from "./checkEntryName.ts";
import { decodeLeaf } from "./decodeLeaf.ts";
import type { NarEvent } from "./narEvent.ts";
import { MAX_ENTRY_NAME, type NarLimits } from "./narLimits.ts";
import { CLOSE, DIRECTORY, ENTRY, ENTRY_NODE, MAGIC, NODE_START } from "./tokens.ts";
import type { NeedMore, WordReader } from "./wordReader.ts";

interface OpenDirectory {
  readonly pathLength: number;
  lastName: Uint8Array;
}

/**
 * The one parser of NARs: takes one archive from the reader, tells what is in it, and yields `undefined` when it needs
 * more bytes. Nothing but the canonical form gets through. Open directories are on a stack of their own, so that depth
 * costs no call stack.
 */
export function* decodeNarEvents(
  reader: WordReader,
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
        yield* reader.token(CLOSE, '")" behind an entry');
      }
      if (yield* reader.optionalToken(CLOSE)) {
        open.pop();
        nodeEnded = true;
        yield { kind: "leave" };
        continue;
      }
      yield* reader.token(ENTRY, '"entry" or ")"');
      const name = yield* reader.string("an entry's name", MAX_ENTRY_NAME);
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

const NO_NAME = new Uint8Array(0);
