import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { measureIndexer } from "../../bench/indexer/measureIndexer.ts";
import { createProgress } from "../../support/index.ts";

const OUTPUTS = 1_000;

describe("the indexer's bench", function () {
  this.timeout(240_000);

  it("measures indexing and requests, on a small chain as on a large one", async () => {
    const progress = createProgress();
    const figures = await measureIndexer(OUTPUTS, { progress, databases: ["pglite"], again: false });
    assert.deepEqual(
      figures.filter(({ ours, other }) => !(ours > 0 && other > 0)),
      [],
    );
    const memory = figures.find(({ metric }) => metric.startsWith("peak memory, indexing"))!;
    assert.ok(memory.ours < memory.other, `took ${memory.ours} MB`);
    assert.deepEqual(
      figures.map(({ metric }) => metric),
      [
        "indexing from empty on PGlite / raw",
        "peak memory, indexing from empty on PGlite / target",
        "GraphQL lookup, 95 % / target",
        "GraphQL lookups, 16 at once / target",
        "GraphQL lookup, 16 at once, 95 % / target",
        "REST lookup, 95 % / target",
        "REST lookups, 16 at once / target",
        "REST lookup, 16 at once, 95 % / target",
        "closure of 100 outputs, 95 % / target",
        "search by the beginning of a name, 95 % / target",
        "latest 20 outputs, 95 % / target",
        "latest 20 conflicts, 95 % / target",
        "GraphQL lookup among ten hostile requests, 95 % / target",
        "peak memory among hostile requests / target",
        "100 conflicts while running / target",
      ],
    );
  });
});
