import { stripVTControlCharacters } from "node:util";
import { NixProtocolError, NixRefusedError } from "./errors.ts";
import type { WireReader } from "./wireReader.ts";

/** What the daemon sends while it works, before it answers. */
const NEXT = 0x6f6c6d67;
const START_ACTIVITY = 0x53545254;
const STOP_ACTIVITY = 0x53544f50;
const RESULT = 0x52534c54;
const ERROR = 0x63787470;
const LAST = 0x616c7473;

const BUILD_ACTIVITY = 105;
const BUILD_LOG_LINE = 101;

const TEXT_FIELD = 1;

/** Where the lines of builders go. */
export interface LogSink {
  add(line: string, drvPath: string): void;
}

/**
 * Follows what the daemon says of its work. Builders say much, so what reads their lines is plain loops without closures:
 * V8 compiles those once and for all, while the machine is made.
 */
export class MessageReader {
  readonly #buildOf = new Map<number, string>();
  readonly #log: LogSink;

  constructor(log: LogSink) {
    this.#log = log;
  }

  /**
   * Reads up to the end of the work.
   *
   * @throws NixRefusedError when the work failed.
   */
  readToEnd(reader: WireReader): void {
    while (this.#readMessage(reader)) reader.commit();
  }

  #readMessage(reader: WireReader): boolean {
    const kind = reader.number();
    if (kind === LAST) return false;
    if (kind === NEXT) reader.text();
    else if (kind === START_ACTIVITY) this.#start(reader);
    else if (kind === STOP_ACTIVITY) this.#buildOf.delete(reader.activity());
    else if (kind === RESULT) this.#result(reader);
    else if (kind === ERROR) throw readError(reader);
    else throw new NixProtocolError(`message of the unknown kind 0x${kind.toString(16)}`);
    return true;
  }

  #start(reader: WireReader): void {
    const activity = reader.activity();
    reader.skip(); // verbosity
    const type = reader.number();
    reader.text();
    const drvPath = readFirstField(reader);
    reader.skip(); // parent
    if (type === BUILD_ACTIVITY && drvPath !== undefined) this.#buildOf.set(activity, drvPath);
  }

  #result(reader: WireReader): void {
    const activity = reader.activity();
    const type = reader.number();
    const line = readFirstField(reader);
    const drvPath = this.#buildOf.get(activity);
    if (type === BUILD_LOG_LINE && line !== undefined && drvPath !== undefined) this.#log.add(line, drvPath);
  }
}

/** The first of an activity's fields, if it is text. */
function readFirstField(reader: WireReader): string | undefined {
  let first: string | undefined;
  const count = reader.number();
  for (let index = 0; index < count; index += 1) {
    if (reader.number() !== TEXT_FIELD) reader.skip();
    else if (index === 0) first = reader.text();
    else reader.text();
  }
  return first;
}

function readError(reader: WireReader): NixRefusedError {
  reader.text(); // "Error"
  reader.skip(); // verbosity
  reader.text(); // name
  const message = reader.text();
  reader.skip(); // no position
  reader.list(() => [reader.skip(), reader.text()]); // traces
  reader.commit();
  return new NixRefusedError(plain(message));
}

/** Nix's words without colours. */
export function plain(text: string): string {
  return stripVTControlCharacters(text);
}
