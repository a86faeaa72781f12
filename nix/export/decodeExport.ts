import { quote } from "../bytes/quote.ts";
import { decodeNarEvents } from "../nar/decodeNarEvents.ts";
import { ExportFormatError, StorePathFormatError } from "../nixErrors.ts";
import { MAX_STORE_PATH_BYTES, parseStorePath } from "../storePath/storePath.ts";
import { type NeedMore, WireReader } from "../wire/wireReader.ts";
import { WORD_BYTES } from "../wire/wireStrings.ts";
import type { ExportedPath } from "./exportedPath.ts";
import { DEFAULT_EXPORT_LIMITS, type ExportLimits } from "./exportLimits.ts";
import { ExportOrder } from "./exportOrder.ts";
import { END, NEXT_PATH, NO_SIGNATURE, PATH_MAGIC } from "./exportTokens.ts";

/**
 * Decodes what `nix-store --export` writes, exactly as it writes it: no legacy signatures, references sorted, no path
 * twice, no reference to a path that comes later, no trailing bytes. The archives are views into `stream`, each checked
 * to be a canonical NAR. Whether a path's name follows from its content is for `checkContentAddressed` to decide.
 *
 * @throws {ExportFormatError} with the byte at which it stopped.
 * @throws {NarFormatError} with the byte at which it stopped, if that is in an archive.
 */
export function decodeExport(
  stream: Uint8Array,
  limits: ExportLimits = DEFAULT_EXPORT_LIMITS,
): ExportedPath[] {
  const reader = new WireReader((reason, position) => {
    throw new ExportFormatError(reason, position);
  });
  reader.queue.push(stream);
  reader.queue.end();
  const order = new ExportOrder();
  const known = new Set<string>();
  let references = 0;
  const paths: ExportedPath[] = [];
  while (finish(reader.optionalToken(NEXT_PATH))) {
    if (paths.length === limits.maxPaths) {
      reader.fail(`more than ${limits.maxPaths} paths`);
    }
    const path = readPath(reader, stream, limits, known);
    references += path.references.length;
    if (references > limits.maxAllReferences) {
      reader.fail(`more than ${limits.maxAllReferences} references`);
    }
    order.add(path, reader.position);
    paths.push(path);
  }
  finish(reader.token(END, "another path (1) or the end (0)"));
  if (reader.has(1)) {
    reader.fail("trailing bytes after the stream");
  }
  return paths;
}

/** @param known store paths that were checked before: most references appear many times. */
function readPath(
  reader: WireReader,
  stream: Uint8Array,
  limits: ExportLimits,
  known: Set<string>,
): ExportedPath {
  const narStart = reader.position;
  finish(decodeNarEvents(reader, limits.nar));
  const nar = stream.subarray(narStart, reader.position);
  finish(reader.token(PATH_MAGIC, "the magic number after an archive"));
  const path = readStorePath(reader, "a path", known);
  const references = readReferences(reader, limits, known);
  const deriver = readText(reader, "a deriver");
  if (deriver !== "") {
    checkStorePath(reader, deriver);
  }
  finish(reader.token(NO_SIGNATURE, "0, for no signature"));
  return { path, nar, references, deriver: deriver === "" ? undefined : deriver };
}

function readReferences(reader: WireReader, { maxReferences }: ExportLimits, known: Set<string>): string[] {
  finish(reader.fill(WORD_BYTES));
  const count = reader.number("the number of references", maxReferences);
  const references: string[] = [];
  let previous = "";
  while (references.length < count) {
    const reference = readStorePath(reader, "a reference", known);
    if (reference <= previous) {
      reader.fail(`the reference ${quote(reference)} is unsorted or duplicate`);
    }
    references.push(reference);
    previous = reference;
  }
  return references;
}

function readStorePath(reader: WireReader, description: string, known: Set<string>): string {
  const path = readText(reader, description);
  if (known.has(path)) {
    return path;
  }
  checkStorePath(reader, path);
  known.add(path);
  return path;
}

function readText(reader: WireReader, description: string): string {
  const bytes = finish(reader.string(description, MAX_STORE_PATH_BYTES));
  return String.fromCharCode(...bytes);
}

function checkStorePath(reader: WireReader, path: string): void {
  try {
    parseStorePath(path);
  } catch (error) {
    if (error instanceof StorePathFormatError) {
      reader.fail(error.reason);
    }
    throw error;
  }
}

/** Runs a parser to its end; it never waits for more bytes, since the whole stream is available. */
function finish<Result>(parser: Generator<unknown | NeedMore, Result, void>): Result {
  for (;;) {
    const step = parser.next();
    if (step.done) {
      return step.value;
    }
  }
}
