import { setImmediate } from "node:timers/promises";
import { hexOf } from "../model/bytes.ts";
import { outputsEdge, proveOutput } from "../model/outputsTree.ts";
import type { Store } from "../store/openStore.ts";
import { outputNodes } from "../store/outputNodesTable.ts";
import type { FindProvenOutputs } from "./answerHashLookup.ts";

/**
 * Searches the node's database for outputs that contain a store path's text and whose epoch's claim was accepted. Many may
 * refer to it, and each takes a while to decode: between two of them, other work goes on.
 */
export function provenOutputs(store: Store): FindProvenOutputs {
  const nodes = outputNodes(store);
  return async function* (storePath) {
    const found = store.sql.all`
      SELECT o.idx, e.outputs_after
      FROM outputs o JOIN inputs i ON i.idx = o.input JOIN epoch_states e ON e.idx = i.epoch
      WHERE instr(o.raw, ${new TextEncoder().encode(storePath)}) > 0 AND e.status = 'CLAIM_ACCEPTED'
      ORDER BY o.idx`;
    for (const { idx, outputs_after } of found) {
      await setImmediate();
      const row = store.sql.get`SELECT raw FROM outputs WHERE idx = ${idx as bigint}`;
      if (row === undefined) {
        continue; // the chain was reorganised meanwhile
      }
      const edge = outputsEdge(nodes, outputs_after as bigint);
      yield {
        index: idx as bigint,
        rawData: hexOf(row.raw as Uint8Array),
        outputHashesSiblings: proveOutput(nodes, edge, idx as bigint),
      };
    }
  };
}
