import { hexOf } from "../model/bytes.ts";
import { outputsEdge, proveOutput } from "../model/outputsTree.ts";
import type { Store } from "../store/openStore.ts";
import { outputNodes } from "../store/outputNodesTable.ts";
import type { FindProvenOutputs } from "./answerHashLookup.ts";

/** Searches the node's database for outputs that contain a store path's text and whose epoch's claim was accepted. */
export function provenOutputs(store: Store): FindProvenOutputs {
  const nodes = outputNodes(store);
  return function* (storePath) {
    const rows = store.sql.iterate`
      SELECT o.idx, o.raw, e.outputs_after
      FROM outputs o JOIN inputs i ON i.idx = o.input JOIN epoch_states e ON e.idx = i.epoch
      WHERE instr(o.raw, ${new TextEncoder().encode(storePath)}) > 0 AND e.status = 'CLAIM_ACCEPTED'
      ORDER BY o.idx`;
    for (const { idx, raw, outputs_after } of rows) {
      const edge = outputsEdge(nodes, outputs_after as bigint);
      yield {
        index: idx as bigint,
        rawData: hexOf(raw as Uint8Array),
        outputHashesSiblings: proveOutput(nodes, edge, idx as bigint),
      };
    }
  };
}
