import type { Hash } from "viem";
import type { InputStatus } from "../model/advance.ts";
import { hexOf } from "../model/bytes.ts";
import type { Store } from "./openStore.ts";

/** How many inputs of the application the chain holds, as far as it was read. */
export function inputCount(store: Store): bigint {
  return (store.sql.get`SELECT coalesce(max(idx) + 1, 0) AS n FROM inputs` as { n: bigint }).n;
}

/** How many inputs the machine has taken. */
export function processedInputCount(store: Store): bigint {
  const row = store.sql.get`SELECT min(idx) AS n FROM inputs WHERE status = 'NONE'` as { n: bigint | null };
  return row.n ?? inputCount(store);
}

/** An input that was processed, as far as replaying it needs. */
export interface ReplayableInput {
  index: bigint;
  status: InputStatus;
  raw: Uint8Array;
  machineHash: Hash;
}

/** The input at `index`, with its result when it has one. */
export function readInputForMachine(store: Store, index: bigint): { status: InputStatus; raw: Uint8Array } {
  const row = store.sql.get`SELECT status, raw FROM inputs WHERE idx = ${index}`;
  if (row === undefined) {
    throw new Error(`there is no input ${index}`);
  }
  return row as { status: InputStatus; raw: Uint8Array };
}

/** How many cycles an input took; `undefined` while it waits for its result. */
export function cyclesOf(store: Store, index: bigint): bigint | undefined {
  const row = store.sql.get`SELECT cycles FROM inputs WHERE idx = ${index}` as
    | { cycles: bigint | null }
    | undefined;
  return row?.cycles ?? undefined;
}

/** The machine's hash when `inputs` inputs were processed. */
export function machineHashAfter(store: Store, inputs: bigint): Hash {
  const row = (
    inputs === 0n
      ? store.sql.get`SELECT template_hash AS hash FROM application`
      : store.sql.get`SELECT machine_hash AS hash FROM inputs WHERE idx = ${inputs - 1n}`
  ) as { hash: Uint8Array };
  return hexOf(row.hash);
}
