import { destinationOf } from "../../../protocol/index.ts";
import type { Advance } from "../model/advance.ts";
import { bytesOf, hexOf } from "../model/bytes.ts";
import { appendOutput, outputHash, outputsEdge, rootOfEdge } from "../model/outputsTree.ts";
import type { Store } from "./openStore.ts";
import { outputNodes } from "./outputNodesTable.ts";
import { outputCount } from "./outputsTable.ts";
import { OutputsRootMismatchError } from "./storageErrors.ts";

/**
 * Records the result of one input in a single transaction.
 *
 * @throws {OutputsRootMismatchError} when the machine accepted with a root that does not match its outputs.
 */
export function recordAdvance(store: Store, advance: Advance): void {
  const { sql } = store;
  store.transaction(() => {
    const sizeBefore = outputCount(store);
    const nodes = outputNodes(store);
    for (const [position, output] of advance.outputs.entries()) {
      const index = sizeBefore + BigInt(position);
      const hash = outputHash(output);
      const destination = destinationOf(hexOf(output));
      appendOutput(nodes, index, hash);
      sql.run`
        INSERT INTO outputs (idx, input, raw, hash, selector, destination, executed) VALUES (
          ${index}, ${advance.inputIndex}, ${output}, ${bytesOf(hash)},
          ${output.length < 4 ? null : output.subarray(0, 4)},
          ${destination === undefined ? null : bytesOf(destination)},
          EXISTS (SELECT 1 FROM executions WHERE output = ${index})
        )`;
    }
    const root = rootOfEdge(outputsEdge(nodes, sizeBefore + BigInt(advance.outputs.length)));
    if (advance.status === "ACCEPTED" && advance.outputsRoot !== root) {
      throw new OutputsRootMismatchError(advance.inputIndex, root, advance.outputsRoot);
    }
    const firstReport = reportCount(store);
    for (const [position, report] of advance.reports.entries()) {
      sql.run`
        INSERT INTO reports (idx, input, raw)
        VALUES (${firstReport + BigInt(position)}, ${advance.inputIndex}, ${report})`;
    }
    const { changes } = sql.run`
      UPDATE inputs SET
        status = ${advance.status}, cycles = ${advance.cycles}, exception = ${advance.exception ?? null},
        machine_hash = ${bytesOf(advance.machineHash)}, outputs_root = ${bytesOf(root)},
        updated_at = CAST(unixepoch('subsec') * 1000 AS INTEGER)
      WHERE idx = ${advance.inputIndex} AND status = 'NONE'`;
    if (changes !== 1n) {
      throw new Error(`input ${advance.inputIndex} has a result already, or does not exist`);
    }
  });
}

/** How many reports the application has sent. */
function reportCount(store: Store): bigint {
  return (store.sql.get`SELECT coalesce(max(idx) + 1, 0) AS n FROM reports` as { n: bigint }).n;
}
