import { checkLinkTarget } from "./checkLinkTarget.ts";
import type { NarEvent } from "./narEvent.ts";
import { MAX_LINK_TARGET } from "./narLimits.ts";
import { CLOSE, CONTENTS, EXECUTABLE, paddingLength, REGULAR, SYMLINK, TARGET, WORD } from "./tokens.ts";
import type { NeedMore, WordReader } from "./wordReader.ts";

/** Takes a file or a link up to its end; takes nothing and returns false where the node is neither. */
export function* decodeLeaf(
  reader: WordReader,
  checkSize: (comingBytes: number) => void,
): Generator<NarEvent | NeedMore, boolean, void> {
  if (yield* reader.optionalToken(REGULAR)) {
    yield* decodeContents(reader, checkSize);
  } else if (yield* reader.optionalToken(SYMLINK)) {
    yield* reader.token(TARGET, '"target"');
    const target = yield* reader.string("a link's target", MAX_LINK_TARGET);
    checkLinkTarget(target, reader.position);
    yield { kind: "symlink", target };
  } else {
    return false;
  }
  yield* reader.token(CLOSE, '")" behind a node');
  return true;
}

function* decodeContents(
  reader: WordReader,
  checkSize: (comingBytes: number) => void,
): Generator<NarEvent | NeedMore, void, void> {
  const executable = !(yield* reader.optionalToken(CONTENTS));
  if (executable) {
    yield* reader.token(EXECUTABLE, '"contents" or "executable"');
    yield* reader.token(CONTENTS, '"contents"');
  }
  if (!reader.has(WORD)) {
    yield* reader.fill(WORD);
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
