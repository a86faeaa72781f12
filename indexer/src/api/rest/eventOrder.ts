import type { conflict, derivationConflict, output } from "ponder:schema";

/** A table with one row for an event. */
export type EventTable = typeof output | typeof conflict | typeof derivationConflict;
type EventRow = Pick<EventTable["$inferSelect"], "recordedAt" | "chainId" | "blockNumber" | "logIndex">;

/** By time, so that rows of several chains follow one another as they happened; the rest tells events of one time apart. */
export function columnsOfEvent({ recordedAt, chainId, blockNumber, logIndex }: EventTable) {
  return [recordedAt, chainId, blockNumber, logIndex];
}

export function keyOfEvent({ recordedAt, chainId, blockNumber, logIndex }: EventRow) {
  return [recordedAt, chainId, blockNumber, logIndex];
}
