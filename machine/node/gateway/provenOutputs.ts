import { setImmediate } from "node:timers/promises";
import type { Store } from "../store/openStore.ts";
import { provenOutput } from "../store/outputsTable.ts";
import type { FindProvenOutputs } from "./answerHashLookup.ts";

/**
 * Searches the node's database for outputs that contain a store path's text and whose epoch's claim was accepted. Many may
 * refer to it, and each takes a while to decode: between two of them, other work goes on, and the chain may be reorganised.
 */
export function provenOutputs(store: Store): FindProvenOutputs {
  return async function* (storePath) {
    const text = new TextEncoder().encode(storePath);
    for (let after = -1n; ; ) {
      const found = store.sql.get`
        SELECT o.idx FROM outputs o CROSS JOIN inputs i ON i.idx = o.input CROSS JOIN epoch_states e ON e.idx = i.epoch
        WHERE o.idx > ${after} AND instr(o.raw, ${text}) > 0 AND e.status = 'CLAIM_ACCEPTED'
        ORDER BY o.idx LIMIT 1`;
      if (found === undefined) {
        return;
      }
      after = found.idx as bigint;
      yield provenOutput(store, after)!;
      await setImmediate();
    }
  };
}
