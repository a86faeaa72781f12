import { narEvents } from "./narEvents.ts";
import { DEFAULT_NAR_LIMITS, type NarLimits } from "./narLimits.ts";

/**
 * Checks that the bytes are one canonical NAR: exactly what `nix-store --dump` would write for the same tree.
 *
 * @throws {NarFormatError} naming the rule and the byte.
 * @throws {NarLimitError} when it exceeds a limit.
 */
export function validateNar(nar: Uint8Array, limits: NarLimits = DEFAULT_NAR_LIMITS): void {
  for (const _event of narEvents([nar], limits)) {
  }
}
