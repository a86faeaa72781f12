import type { Bench } from "./bench.ts";
import { measureIndexer } from "./indexer/measureIndexer.ts";

const OUTPUTS = 100_000;

const bench: Bench = {
  description: `${OUTPUTS} outputs: indexing against reading and decoding the same logs with viem, requests against their targets`,
  run: (progress) => measureIndexer(OUTPUTS, { progress, databases: ["pglite", "postgres"], again: true }),
};

export default bench;
