import { NarFormatError } from "../nixErrors.ts";
import { MAX_LINK_TARGET } from "./narLimits.ts";

/** @throws NarFormatError when no file system could hold a link to this target. */
export function checkLinkTarget(target: Uint8Array, position?: number): void {
  if (target.length === 0) {
    throw new NarFormatError("a link's target is empty", position);
  }
  if (target.length > MAX_LINK_TARGET) {
    throw new NarFormatError(`a link's target is longer than ${MAX_LINK_TARGET} bytes`, position);
  }
  if (target.includes(0)) {
    throw new NarFormatError("a link's target has a NUL", position);
  }
}
