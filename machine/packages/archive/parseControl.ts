import { DebianFormatError } from "../packagesErrors.ts";

/** One paragraph of a control file: field names in lower case, continuation lines joined by a newline. */
export type Paragraph = ReadonlyMap<string, string>;

/**
 * Reads the paragraphs of a file in Debian's control format (Packages, Sources, Release, `*.sources`), one at a time.
 *
 * Format: deb822(5). Comment lines (`#`) are skipped.
 *
 * @throws {DebianFormatError} on a line that is neither a field nor the continuation of one.
 */
export function* parseControl(text: string): Generator<Paragraph> {
  let paragraph = new Map<string, string>();
  let field: string | undefined;
  for (const line of linesOf(text)) {
    if (line.startsWith("#")) {
      continue;
    }
    if (line.trim() === "") {
      if (paragraph.size > 0) {
        yield paragraph;
      }
      paragraph = new Map();
      field = undefined;
    } else if (line.startsWith(" ") || line.startsWith("\t")) {
      if (field === undefined) {
        throw new DebianFormatError(`continuation line without a field: ${start(line)}`);
      }
      paragraph.set(field, `${paragraph.get(field)}\n${line.trim()}`);
    } else {
      const colon = line.indexOf(":");
      if (colon <= 0) {
        throw new DebianFormatError(`not a control field: ${start(line)}`);
      }
      field = line.slice(0, colon).toLowerCase();
      paragraph.set(field, line.slice(colon + 1).trim());
    }
  }
  if (paragraph.size > 0) {
    yield paragraph;
  }
}

function start(line: string): string {
  return JSON.stringify(line.slice(0, 80));
}

function* linesOf(text: string): Generator<string> {
  let start = 0;
  while (start < text.length) {
    const found = text.indexOf("\n", start);
    const end = found < 0 ? text.length : found;
    yield text.slice(start, text[end - 1] === "\r" && end > start ? end - 1 : end);
    start = end + 1;
  }
}
