import assert from "node:assert/strict";
import { NixFormatError } from "../../../nix/index.ts";

/** Runs it; `undefined` where the input was refused in the way that is meant, any other error gets through. */
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

/** Asserts that it is refused with such an error and for such a reason. */
export function refuses(
  read: () => unknown,
  kind: new (...args: never[]) => NixFormatError,
  reason: RegExp,
): void {
  assert.throws(read, (error) => {
    assert.ok(error instanceof kind, `${error} is no ${kind.name}`);
    assert.match(error.message, reason);
    return true;
  });
}
