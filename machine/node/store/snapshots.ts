import type { Hash } from "viem";
import { bytesOf, hexOf } from "../bytes.ts";
import type { Store } from "./openStore.ts";

/** A stored machine, as it was after so many inputs. */
export interface SnapshotRow {
  inputs: bigint;
  machineHash: Hash;
}

/** The snapshots that are written whole, newest first. */
export function listSnapshots({ sql }: Store): SnapshotRow[] {
  return sql.all`SELECT inputs, machine_hash FROM snapshots ORDER BY inputs DESC`.map((row) => ({
    inputs: row.inputs as bigint,
    machineHash: hexOf(row.machine_hash as Uint8Array),
  }));
}

export function addSnapshot({ sql }: Store, { inputs, machineHash }: SnapshotRow): void {
  sql.run`INSERT INTO snapshots (inputs, machine_hash) VALUES (${inputs}, ${bytesOf(machineHash)})`;
}

export function removeSnapshot({ sql }: Store, inputs: bigint): void {
  sql.run`DELETE FROM snapshots WHERE inputs = ${inputs}`;
}
