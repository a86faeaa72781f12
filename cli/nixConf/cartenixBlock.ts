import { NixConfError } from "../cliErrors.ts";

/** What `cartenix use` adds to a nix.conf. */
export interface UseSettings {
  readonly url: string;
  readonly publicKey: string;
  /** Whether Nix shall use no other substituter, and believe no other key. */
  readonly isOnly: boolean;
}

const NAME = "# cartenix use:";
const REMOVED = "cartenix unuse removes";
/** The first line of the block says what else is undone, so that the file becomes what it was. */
const FIRST_LINES = {
  block: `${NAME} ${REMOVED} these lines`,
  blockAndNewline: `${NAME} ${REMOVED} these lines, and the end of the line before`,
  file: `${NAME} ${REMOVED} this file`,
} as const;
const LAST_LINE = "# end of cartenix use";

interface Block {
  readonly before: string;
  readonly lines: readonly string[];
  readonly after: string;
}

/**
 * A nix.conf with our block at its end, where it comes after the settings that it adds to, or in the place where it was.
 *
 * @param text `undefined` if there is no file.
 * @throws {NixConfError} when a block is there that is not whole.
 */
export function addBlock(text: string | undefined, settings: UseSettings): string {
  const block = text === undefined ? undefined : findBlock(text);
  if (block !== undefined) {
    return `${block.before}${formatBlock(block.lines[0]!, settings)}${block.after}`;
  }
  if (text === undefined) {
    return formatBlock(FIRST_LINES.file, settings);
  }
  return text === "" || text.endsWith("\n")
    ? `${text}${formatBlock(FIRST_LINES.block, settings)}`
    : `${text}\n${formatBlock(FIRST_LINES.blockAndNewline, settings)}`;
}

/**
 * A nix.conf without our block: `undefined` if there was no file before.
 *
 * @throws {NixConfError} when a block is there that is not whole.
 */
export function removeBlock(text: string): string | undefined {
  const block = findBlock(text);
  if (block === undefined) {
    return text;
  }
  const { before, lines, after } = block;
  if (lines[0] === FIRST_LINES.file && before === "" && after === "") {
    return undefined;
  }
  return lines[0] === FIRST_LINES.blockAndNewline && after === "" ? before.slice(0, -1) : `${before}${after}`;
}

function formatBlock(firstLine: string, { url, publicKey, isOnly }: UseSettings): string {
  const prefix = isOnly ? "" : "extra-";
  return [
    firstLine,
    `${prefix}substituters = ${url}`,
    `${prefix}trusted-public-keys = ${publicKey}`,
    LAST_LINE,
    "",
  ].join("\n");
}

function findBlock(text: string): Block | undefined {
  const lines = text.split(/(?<=\n)/);
  const starts = lines.flatMap((line, index) => (line.startsWith(NAME) ? [index] : []));
  const ends = lines.flatMap((line, index) => (line.trimEnd() === LAST_LINE ? [index] : []));
  const [start] = starts;
  const [end] = ends;
  if (start === undefined && end === undefined) {
    return undefined;
  }
  const firstLine = lines[start ?? -1]?.trimEnd();
  const isKnown = Object.values<string>(FIRST_LINES).includes(firstLine ?? "");
  if (starts.length !== 1 || ends.length !== 1 || start! > end! || !isKnown) {
    throw new NixConfError("the lines of cartenix in it were changed", {
      remedy: `remove what begins with "${NAME}" and ends with "${LAST_LINE}" by hand`,
    });
  }
  return {
    before: lines.slice(0, start).join(""),
    lines: lines.slice(start, end! + 1).map((line) => line.trimEnd()),
    after: lines.slice(end! + 1).join(""),
  };
}
