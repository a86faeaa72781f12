import { stripVTControlCharacters } from "node:util";
import { NixProtocolError, NixRefusedError } from "./nixDaemonErrors.ts";
import type { WireReader } from "./wireReader.ts";

/** The kinds of messages that the daemon sends while it works, before its reply. */
const STDERR_NEXT = 0x6f6c6d67;
const STDERR_ERROR = 0x63787470;
const STDERR_LAST = 0x616c7473;

/**
 * Reads the daemon's messages up to the end of its work.
 *
 * @throws {NixRefusedError} when the operation failed.
 */
export function readMessages(reader: WireReader): void {
  for (let kind = reader.number(); kind !== STDERR_LAST; kind = reader.number()) {
    if (kind === STDERR_ERROR) {
      throw readError(reader);
    }
    if (kind !== STDERR_NEXT) {
      throw new NixProtocolError(`nix-daemon sent a message of the unknown kind 0x${kind.toString(16)}`);
    }
    reader.text();
    reader.commit();
  }
}

function readError(reader: WireReader): NixRefusedError {
  const message = reader.text();
  reader.number(); // exit code
  reader.commit();
  return new NixRefusedError(stripColors(message));
}

/** Removes the colors from a message of Nix. */
export function stripColors(text: string): string {
  return stripVTControlCharacters(text);
}
