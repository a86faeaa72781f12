import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { formatTable } from "../../bench/table.ts";

describe("the bench table", () => {
  it("aligns names left and figures right", () => {
    const row = {
      bench: "machine",
      metric: "cycles",
      unit: "M",
      ours: 1234.5678,
      other: 1000,
      ratio: 1.2345678,
    };
    assert.deepEqual(formatTable([row]).split("\n"), [
      "bench    metric  unit       ours  other  ratio",
      "machine  cycles  M     1,234.568  1,000  1.235",
    ]);
  });
});
