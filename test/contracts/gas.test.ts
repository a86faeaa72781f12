import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { before, describe, it } from "mocha";
import { measureBuild } from "../../bench/gas/measureBuild.ts";
import { measureDispute } from "../../bench/gas/measureDispute.ts";
import { measurePolicy } from "../../bench/gas/measurePolicy.ts";
import { measureRegistry } from "../../bench/gas/measureRegistry.ts";
import { measureVerifier } from "../../bench/gas/measureVerifier.ts";
import { measureVoucher } from "../../bench/gas/measureVoucher.ts";
import { areAltered, startChain } from "./support/startChain.ts";

const SNAPSHOT = new URL("../gas.snapshot.json", import.meta.url);
const TABLE = new URL("../../docs/contracts.md", import.meta.url);

(areAltered ? describe.skip : describe)("Gas", () => {
  let figures: Record<string, number>;

  before(async () => {
    figures = {
      ...(await measureRegistry(await startChain())),
      ...(await measureVoucher()),
      ...(await measureBuild()),
      ...(await measurePolicy()),
      ...(await measureVerifier()),
      ...(await measureDispute()),
    };
    if (process.env.UPDATE_GAS_SNAPSHOT) {
      await writeFile(SNAPSHOT, `${JSON.stringify(figures, null, 2)}\n`);
    }
  });

  it("matches the snapshot (UPDATE_GAS_SNAPSHOT=1 writes it)", async () => {
    assert.deepEqual(figures, JSON.parse(await readFile(SNAPSHOT, "utf8")));
  });

  it("matches the table in the documentation", async () => {
    const rows = Object.entries(figures).map(([call, gas]) => `| ${call} | ${gas.toLocaleString("en-US")} |`);
    const documentation = await readFile(TABLE, "utf8");
    for (const row of rows) {
      assert.ok(documentation.includes(row), `docs/contracts.md lacks: ${row}`);
    }
  });

  it("stays below the promised limits", () => {
    const executeOne = figures["executeOutput: a voucher with one output"]!;
    const executeFurther = figures["executeOutput: each further output of a voucher"]!;
    const costs: [what: string, gas: number, limit: number][] = [
      ["record: one output", figures["record: one output"]!, 110_000],
      ["record: each further output of a batch", figures["record: each further output of a batch"]!, 62_000],
      ["executeOutput: a voucher with one output", executeOne, 175_000],
      ["executeOutput: a voucher with ten outputs", executeOne + 9 * executeFurther, 760_000],
      ["acceptedHash (view): 1 of 1", figures["acceptedHash (view): 1 of 1"]!, 8_000],
      ["step: the median", figures["step: the median"]!, 125_000],
      ["step: the dearest", figures["step: the dearest"]!, 160_000],
      ["divide: into 32", figures["divide: into 32"]!, 90_000],
      ["respond: an input of 64 KiB", figures["respond: an input of 64 KiB"]!, 2_800_000],
    ];
    for (const [what, gas, limit] of costs) {
      assert.ok(gas <= limit, `${what}: ${gas}, more than ${limit}`);
    }
  });
});
