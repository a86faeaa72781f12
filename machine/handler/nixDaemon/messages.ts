import { stripVTControlCharacters } from "node:util";
import { NixProtocolError, NixRefusedError } from "./nixDaemonErrors.ts";
import type { WireReader } from "./wireReader.ts";

/** What the daemon sends while it works, before it answers. */
const NEXT = 0x6f6c6d67;
const ERROR = 0x63787470;
const LAST = 0x616c7473;

/**
 * Reads what the daemon says of its work, up to the work's end.
 *
 * @throws NixRefusedError when the work failed.
 */
export function readToEnd(reader: WireReader): void {
  for (let kind = reader.number(); kind !== LAST; kind = reader.number()) {
    if (kind === ERROR) {
      throw readError(reader);
    }
    if (kind !== NEXT) {
      throw new NixProtocolError(`message of the unknown kind 0x${kind.toString(16)}`);
    }
    reader.text();
    reader.commit();
  }
}

function readError(reader: WireReader): NixRefusedError {
  const message = reader.text();
  reader.number(); // exit code
  reader.commit();
  return new NixRefusedError(plain(message));
}

/** Nix's words without colours. */
export function plain(text: string): string {
  return stripVTControlCharacters(text);
}
