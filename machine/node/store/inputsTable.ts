import type { Hash } from "viem";
import type { InputStatus } from "../model/advance.ts";
import { hexOf } from "../model/bytes.ts";
import type { Store } from "./openStore.ts";

/** How many inputs the application has, in the blocks read so far. */
export function inputCount(store: Store): bigint {
  return (store.sql.get`SELECT coalesce(max(idx) + 1, 0) AS n FROM inputs` as { n: bigint }).n;
}

/** How many inputs the machine has processed. */
export function processedInputCount(store: Store): bigint {
  const row = store.sql.get`SELECT min(idx) AS n FROM inputs WHERE status = 'NONE'` as { n: bigint | null };
  return row.n ?? inputCount(store);
}

/** The input at `index`, and its status. */
export function readInput(store: Store, index: bigint): { status: InputStatus; raw: Uint8Array } {
  const row = store.sql.get`SELECT status, raw FROM inputs WHERE idx = ${index}`;
  if (row === undefined) {
    throw new Error(`there is no input ${index}`);
  }
  return row as { status: InputStatus; raw: Uint8Array };
}

/** How many machine cycles an input took; `undefined` until it is processed. */
export function cyclesOf(store: Store, index: bigint): bigint | undefined {
  const row = store.sql.get`SELECT cycles FROM inputs WHERE idx = ${index}` as
    | { cycles: bigint | null }
    | undefined;
  return row?.cycles ?? undefined;
}

/** The machine's root hash after `inputs` inputs. */
export function machineHashAfter(store: Store, inputs: bigint): Hash {
  const row = (
    inputs === 0n
      ? store.sql.get`SELECT template_hash AS hash FROM application`
      : store.sql.get`SELECT machine_hash AS hash FROM inputs WHERE idx = ${inputs - 1n}`
  ) as { hash: Uint8Array };
  return hexOf(row.hash);
}
