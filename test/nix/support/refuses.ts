import assert from "node:assert/strict";
import { NixFormatError } from "../../../nix/index.ts";

/** Returns `undefined` if the input was refused as a format error; any other error is thrown. */
export function acceptedBy<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof NixFormatError) {
      return undefined;
    }
    throw error;
  }
}

/** Asserts that it is refused with an error of this class, for this reason. */
export function refuses(
  read: () => unknown,
  kind: new (...args: never[]) => NixFormatError,
  reason: RegExp,
): void {
  assert.throws(read, (error) => {
    assert.ok(error instanceof kind, `${error} is not a ${kind.name}`);
    assert.match(error.message, reason);
    return true;
  });
}
