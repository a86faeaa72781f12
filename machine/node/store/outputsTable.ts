import type { Hash, Hex } from "viem";
import { hexOf } from "../model/bytes.ts";
import { outputsEdge, proveOutput } from "../model/outputsTree.ts";
import type { Store } from "./openStore.ts";
import { outputNodes } from "./outputNodesTable.ts";

/** What `Application.executeOutput` and `validateOutput` take. */
export interface OutputWithProof {
  output: Hex;
  proof: { outputIndex: bigint; outputHashesSiblings: Hash[] };
}

/** The oldest voucher of an accepted epoch that nobody has executed and that the caller wants. */
export function firstExecutableOutput(
  { sql }: Store,
  wanted: (index: bigint) => boolean,
): bigint | undefined {
  const rows = sql.iterate`
    SELECT o.idx FROM outputs o JOIN inputs i ON i.idx = o.input JOIN epoch_states e ON e.idx = i.epoch
    WHERE o.executed = 0 AND o.destination IS NOT NULL AND e.status = 'CLAIM_ACCEPTED'
    ORDER BY o.idx`;
  for (const row of rows) {
    if (wanted(row.idx as bigint)) {
      return row.idx as bigint;
    }
  }
  return undefined;
}

/** An output and its proof against the claim of its epoch; `undefined` until that is computed. */
export function provenOutput(store: Store, index: bigint): OutputWithProof | undefined {
  const row = store.sql.get`
    SELECT o.raw, e.outputs_after FROM outputs o JOIN inputs i ON i.idx = o.input JOIN epochs e ON e.idx = i.epoch
    WHERE o.idx = ${index} AND e.outputs_after IS NOT NULL`;
  if (row === undefined) {
    return undefined;
  }
  const nodes = outputNodes(store);
  const edge = outputsEdge(nodes, row.outputs_after as bigint);
  return {
    output: hexOf(row.raw as Uint8Array),
    proof: { outputIndex: index, outputHashesSiblings: proveOutput(nodes, edge, index) },
  };
}

/** How many outputs the application has sent. */
export function outputCount(store: Store): bigint {
  return (store.sql.get`SELECT coalesce(max(idx) + 1, 0) AS n FROM outputs` as { n: bigint }).n;
}
