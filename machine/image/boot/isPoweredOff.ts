import type { BootedMachine } from "./bootJob.ts";

const REASON_REJECTED = 2;

/** Whether a machine powered off: its firmware then rejects, for whatever reason it was asked to. */
export function isPoweredOff({ result }: Pick<BootedMachine, "result">): boolean {
  return result.kind === "yielded-manual" && result.reason === REASON_REJECTED;
}
