import type { Hash, Hex } from "viem";
import { bytesOf, hexOf } from "../model/bytes.ts";
import type { Store } from "./openStore.ts";

/** A stored machine, as it was after `inputs` inputs. */
export interface SnapshotRow {
  inputs: bigint;
  machineHash: Hash;
  /** Digest of its files. */
  contentDigest: Hex;
}

/** The complete snapshots, newest first. */
export function listSnapshots({ sql }: Store): SnapshotRow[] {
  return sql.all`SELECT inputs, machine_hash, content_digest FROM snapshots ORDER BY inputs DESC`.map(
    (row) => ({
      inputs: row.inputs as bigint,
      machineHash: hexOf(row.machine_hash as Uint8Array),
      contentDigest: hexOf(row.content_digest as Uint8Array),
    }),
  );
}

export function addSnapshot({ sql }: Store, snapshot: SnapshotRow): void {
  sql.run`
    INSERT INTO snapshots (inputs, machine_hash, content_digest)
    VALUES (${snapshot.inputs}, ${bytesOf(snapshot.machineHash)}, ${bytesOf(snapshot.contentDigest)})
    ON CONFLICT DO UPDATE SET machine_hash = excluded.machine_hash, content_digest = excluded.content_digest`;
}

export function removeSnapshot({ sql }: Store, inputs: bigint): void {
  sql.run`DELETE FROM snapshots WHERE inputs = ${inputs}`;
}
