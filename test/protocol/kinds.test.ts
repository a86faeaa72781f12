import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "mocha";
import queries from "../../fuzz/targets/queries.ts";
import reports from "../../fuzz/targets/reports.ts";
import requests from "../../fuzz/targets/requests.ts";
import {
  decodeQuery,
  decodeReport,
  decodeRequest,
  QUERY_KINDS,
  REPORT_KINDS,
  REQUEST_KINDS,
} from "../../protocol/index.ts";

const FORMATS = readFileSync(new URL("../../docs/formats.md", import.meta.url), "utf8");
const SEEDS = Array.from({ length: 20 }, (_, seed) => seed);

const TABLE = [
  {
    what: "request",
    kinds: REQUEST_KINDS,
    target: requests,
    kindOf: (bytes: Uint8Array) => decodeRequest(bytes).kind,
    row: (kind: string) => `| \`${kind}(`,
  },
  {
    what: "query",
    kinds: QUERY_KINDS,
    target: queries,
    kindOf: (bytes: Uint8Array) => decodeQuery(bytes).kind,
    row: (kind: string) => `| \`${kind}`,
  },
  {
    what: "report",
    kinds: REPORT_KINDS,
    target: reports,
    kindOf: (bytes: Uint8Array) => decodeReport(bytes).kind,
    row: (kind: string) => `| \`${kind}\` |`,
  },
];

describe("every kind", () => {
  for (const { what, kinds, target, kindOf, row } of TABLE) {
    it(`of ${what} is among the samples of its fuzz target`, () => {
      const sampled = new Set<string>(SEEDS.flatMap((seed) => target.seeds(seed).map(kindOf)));
      assert.deepEqual(
        kinds.filter((kind) => !sampled.has(kind)),
        [],
      );
    });

    it(`of ${what} has a row in docs/formats.md`, () => {
      assert.deepEqual(
        kinds.filter((kind) => !FORMATS.includes(row(kind))),
        [],
      );
    });
  }
});
