import { stripVTControlCharacters } from "node:util";
import { NixProtocolError, NixRefusedError } from "./errors.ts";
import type { WireReader } from "./wireReader.ts";

/** What the daemon sends while it works, before it answers. */
const NEXT = 0x6f6c6d67n;
const START_ACTIVITY = 0x53545254n;
const STOP_ACTIVITY = 0x53544f50n;
const RESULT = 0x52534c54n;
const ERROR = 0x63787470n;
const LAST = 0x616c7473n;

const BUILD_ACTIVITY = 105n;
const BUILD_LOG_LINE = 101n;

/** Hears one line: a builder's own, or Nix's where no derivation is given. */
export type LogListener = (text: string, drvPath: string | undefined) => void;

/** Follows what the daemon says of its work. */
export class MessageReader {
  readonly #buildOf = new Map<bigint, string>();
  readonly #listener: LogListener;

  constructor(listener: LogListener) {
    this.#listener = listener;
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
    const kind = reader.word();
    if (kind === LAST) return false;
    if (kind === NEXT) this.#listener(plain(reader.text()), undefined);
    else if (kind === START_ACTIVITY) this.#start(reader);
    else if (kind === STOP_ACTIVITY) this.#buildOf.delete(reader.word());
    else if (kind === RESULT) this.#result(reader);
    else if (kind === ERROR) throw readError(reader);
    else throw new NixProtocolError(`message of the unknown kind 0x${kind.toString(16)}`);
    return true;
  }

  #start(reader: WireReader): void {
    const activity = reader.word();
    reader.word(); // verbosity
    const type = reader.word();
    reader.text();
    const [drvPath] = readFields(reader);
    reader.word(); // parent
    if (type === BUILD_ACTIVITY && typeof drvPath === "string") this.#buildOf.set(activity, drvPath);
  }

  #result(reader: WireReader): void {
    const activity = reader.word();
    const type = reader.word();
    const [line] = readFields(reader);
    if (type === BUILD_LOG_LINE && typeof line === "string")
      this.#listener(line, this.#buildOf.get(activity));
  }
}

function readFields(reader: WireReader): (bigint | string)[] {
  return reader.list(() => (reader.word() === 0n ? reader.word() : reader.text()));
}

function readError(reader: WireReader): NixRefusedError {
  reader.text(); // "Error"
  reader.word(); // verbosity
  reader.text(); // name
  const message = reader.text();
  reader.word(); // no position
  reader.list(() => [reader.word(), reader.text()]);
  reader.commit();
  return new NixRefusedError(plain(message));
}

/** Nix's words without colours. */
export function plain(text: string): string {
  return stripVTControlCharacters(text);
}
