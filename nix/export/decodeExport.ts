import { quote } from "../bytes/quote.ts";
import { decodeNarEvents } from "../nar/decodeNarEvents.ts";
import { WORD } from "../nar/tokens.ts";
import { type NeedMore, WordReader } from "../nar/wordReader.ts";
import { ExportFormatError, StorePathFormatError } from "../nixErrors.ts";
import { MAX_STORE_PATH } from "../storePath/checkName.ts";
import { parseStorePath } from "../storePath/storePath.ts";
import type { ExportedPath } from "./exportedPath.ts";
import { DEFAULT_EXPORT_LIMITS, type ExportLimits } from "./exportLimits.ts";
import { ExportOrder } from "./exportOrder.ts";
import { END, NEXT_PATH, NO_SIGNATURE, PATH_MAGIC } from "./words.ts";

/**
 * Reads what `nix-store --export` writes, in the form in which it writes it: no legacy signatures, references sorted,
 * no path twice, no reference to a path that comes later, nothing behind the end. The archives are views into
 * `stream`, each checked to be a canonical NAR; whether a path's name follows from its content is another question,
 * which `checkContentAddressed` answers.
 *
 * @throws ExportFormatError or NarFormatError with the byte at which it stopped.
 */
export function decodeExport(
  stream: Uint8Array,
  limits: ExportLimits = DEFAULT_EXPORT_LIMITS,
): ExportedPath[] {
  const reader = new WordReader((reason, position) => {
    throw new ExportFormatError(reason, position);
  });
  reader.queue.push(stream);
  reader.queue.end();
  const order = new ExportOrder();
  const known = new Set<string>();
  let references = 0;
  const paths: ExportedPath[] = [];
  while (take(reader.optionalToken(NEXT_PATH))) {
    if (paths.length === limits.maxPaths) {
      reader.fail(`has more than ${limits.maxPaths} paths`);
    }
    const path = readPath(reader, stream, limits, known);
    references += path.references.length;
    if (references > limits.maxAllReferences) {
      reader.fail(`has more than ${limits.maxAllReferences} references`);
    }
    order.add(path, reader.position);
    paths.push(path);
  }
  take(reader.token(END, "another path (1) or the end (0)"));
  if (reader.has(1)) {
    reader.fail("goes on behind its end");
  }
  return paths;
}

/** @param known store paths that were read and checked before: most references are there many times. */
function readPath(
  reader: WordReader,
  stream: Uint8Array,
  limits: ExportLimits,
  known: Set<string>,
): ExportedPath {
  const narStart = reader.position;
  take(decodeNarEvents(reader, limits.nar));
  const nar = stream.subarray(narStart, reader.position);
  take(reader.token(PATH_MAGIC, "the magic number behind an archive"));
  const path = readStorePath(reader, "a path", known);
  const references = readReferences(reader, limits, known);
  const deriver = readText(reader, "a deriver");
  if (deriver !== "") {
    checkStorePath(reader, deriver);
  }
  take(reader.token(NO_SIGNATURE, "0, for no signature"));
  return { path, nar, references, deriver: deriver === "" ? undefined : deriver };
}

function readReferences(reader: WordReader, { maxReferences }: ExportLimits, known: Set<string>): string[] {
  take(reader.fill(WORD));
  const count = reader.number("the number of references", maxReferences);
  const references: string[] = [];
  let previous = "";
  while (references.length < count) {
    const reference = readStorePath(reader, "a reference", known);
    if (reference <= previous) {
      reader.fail(`the reference ${quote(reference)} is out of order or there twice`);
    }
    references.push(reference);
    previous = reference;
  }
  return references;
}

function readStorePath(reader: WordReader, description: string, known: Set<string>): string {
  const path = readText(reader, description);
  if (known.has(path)) {
    return path;
  }
  checkStorePath(reader, path);
  known.add(path);
  return path;
}

function readText(reader: WordReader, description: string): string {
  const bytes = take(reader.string(description, MAX_STORE_PATH));
  return String.fromCharCode(...bytes);
}

function checkStorePath(reader: WordReader, path: string): void {
  try {
    parseStorePath(path);
  } catch (error) {
    if (error instanceof StorePathFormatError) {
      reader.fail(error.reason);
    }
    throw error;
  }
}

/** Runs a parser to its end; it never waits for more, since the whole stream is there. */
function take<Result>(parser: Generator<unknown | NeedMore, Result, void>): Result {
  for (;;) {
    const step = parser.next();
    if (step.done) {
      return step.value;
    }
  }
}
