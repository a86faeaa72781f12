import { bytesOf, hexOf } from "../model/bytes.ts";
import type { OutputNodes } from "../model/outputsTree.ts";
import type { Store } from "./openStore.ts";

/** The full nodes of the outputs tree, stored in the database. */
export function outputNodes({ sql }: Store): OutputNodes {
  return {
    get(level, index) {
      const row = sql.get`SELECT hash FROM output_nodes WHERE level = ${level} AND idx = ${index}`;
      if (row === undefined) {
        throw new Error(`the outputs tree lacks node ${index} of level ${level}`);
      }
      return hexOf(row.hash as Uint8Array);
    },
    put(level, index, hash) {
      sql.run`INSERT INTO output_nodes (level, idx, hash) VALUES (${level}, ${index}, ${bytesOf(hash)})`;
    },
  };
}
