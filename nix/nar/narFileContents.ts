import { narEvents } from "./narEvents.ts";
import { DEFAULT_NAR_LIMITS, type NarLimits } from "./narLimits.ts";

/**
 * The contents of a NAR that is a single non-executable file (a `.drv`, a `builtins.toFile`, a flat fixed output).
 *
 * @returns a view into `nar`, or `undefined` for any other canonical NAR.
 * @throws {NarFormatError} when it is not canonical.
 * @throws {NarLimitError} when it exceeds a limit.
 */
export function narFileContents(
  nar: Uint8Array,
  limits: NarLimits = DEFAULT_NAR_LIMITS,
): Uint8Array | undefined {
  let contents: Uint8Array | undefined;
  let depth = 0;
  for (const event of narEvents([nar], limits)) {
    if (event.kind === "directory") {
      depth += 1;
    } else if (event.kind === "leave") {
      depth -= 1;
    } else if (depth > 0) {
    } else if (event.kind === "regular" && !event.executable) {
      contents = nar.subarray(0, 0);
    } else if (event.kind === "contents" && contents !== undefined) {
      contents = event.bytes;
    }
  }
  return contents;
}
