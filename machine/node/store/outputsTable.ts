import type { Hash, Hex } from "viem";
import { hexOf } from "../model/bytes.ts";
import { outputsEdge, proveOutput } from "../model/outputsTree.ts";
import type { Store } from "./openStore.ts";
import { outputNodes } from "./outputNodesTable.ts";

/** The arguments of `Application.executeOutput` and `validateOutput`. */
export interface OutputWithProof {
  output: Hex;
  proof: { outputIndex: bigint; outputHashesSiblings: Hash[] };
}

/** The oldest voucher of an accepted epoch that is not executed yet and that `isWanted` accepts. */
export function firstExecutableOutput(
  { sql }: Store,
  isWanted: (index: bigint) => boolean,
): bigint | undefined {
  const rows = sql.iterate`
    SELECT o.idx FROM outputs o JOIN inputs i ON i.idx = o.input JOIN epoch_states e ON e.idx = i.epoch
    WHERE o.executed = 0 AND o.destination IS NOT NULL AND e.status = 'CLAIM_ACCEPTED'
    ORDER BY o.idx`;
  for (const row of rows) {
    if (isWanted(row.idx as bigint)) {
      return row.idx as bigint;
    }
  }
  return undefined;
}

/** An output and its proof against its epoch's claim; `undefined` until the claim is computed. */
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

/** How many outputs the application has emitted. */
export function outputCount(store: Store): bigint {
  return (store.sql.get`SELECT coalesce(max(idx) + 1, 0) AS n FROM outputs` as { n: bigint }).n;
}
