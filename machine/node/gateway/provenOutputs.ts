import { setImmediate } from "node:timers/promises";
import { hexOf } from "../model/bytes.ts";
import { outputsEdge, proveOutput } from "../model/outputsTree.ts";
import type { Store } from "../store/openStore.ts";
import { outputNodes } from "../store/outputNodesTable.ts";
import type { FindProvenOutputs } from "./answerHashLookup.ts";

/**
 * Searches the node's database for outputs that contain a store path's text and whose epoch's claim was accepted. Many may
 * refer to it, and each takes a while to decode: between two of them, other work goes on, and the chain may be reorganised.
 */
export function provenOutputs(store: Store): FindProvenOutputs {
  const nodes = outputNodes(store);
  return async function* (storePath) {
    const text = new TextEncoder().encode(storePath);
    for (let after = -1n; ; ) {
      const found = store.sql.get`
        SELECT o.idx, o.raw, e.outputs_after
        FROM outputs o CROSS JOIN inputs i ON i.idx = o.input CROSS JOIN epoch_states e ON e.idx = i.epoch
        WHERE o.idx > ${after} AND instr(o.raw, ${text}) > 0 AND e.status = 'CLAIM_ACCEPTED'
        ORDER BY o.idx LIMIT 1`;
      if (found === undefined) {
        return;
      }
      after = found.idx as bigint;
      yield {
        index: after,
        rawData: hexOf(found.raw as Uint8Array),
        outputHashesSiblings: proveOutput(nodes, outputsEdge(nodes, found.outputs_after as bigint), after),
      };
      await setImmediate();
    }
  };
}
