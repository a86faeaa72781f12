import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { shellPackage } from "../../fuzz/generators/shellPackage.ts";
import { executePlan } from "../../machine/handler/building/executePlan.ts";
import { createCheckedDerivation } from "../../machine/handler/derivations/checkedDerivation.ts";
import { Inventory } from "../../machine/handler/inventory/inventory.ts";
import { MAX_LOG_BYTES } from "../../machine/handler/limits.ts";
import type { BuiltDerivation } from "../../machine/handler/outputs/builtDerivation.ts";
import { heldMemory } from "./support/heldMemory.ts";

describe("the builds of one request", () => {
  let logFolder: string;
  beforeEach(() => {
    logFolder = mkdtempSync(join(tmpdir(), "cartenix-logs-"));
  });
  afterEach(() => rmSync(logFolder, { recursive: true }));

  it("do not hold their logs while others build", async () => {
    const packages = Array.from({ length: 30 }, (_, index) =>
      shellPackage({ name: `p${index}`, script: "" }),
    );
    const plan = packages.map(({ drvPath, derivation, hash }) => {
      const name = basename(drvPath);
      mkdirSync(join(logFolder, "drvs", name.slice(0, 2)), { recursive: true });
      writeFileSync(join(logFolder, "drvs", name.slice(0, 2), name.slice(2)), "x".repeat(MAX_LOG_BYTES));
      return { drvPath, derivation: createCheckedDerivation(derivation, hash).derivation };
    });
    const results: BuiltDerivation[][] = [];
    results.push(
      await executePlan(plan, {
        inventory: new Inventory(),
        session: {
          build: async () => ({ status: 0, message: "" }),
          queryPathInfo: async () => ({ narHash: "ab".repeat(32), narSize: 1, references: [] }),
        },
        environment: {
          logFolder,
          resetForBuild: () => {},
          measure: () => ({ diskBytes: 0, files: 0, refusedProcesses: 0, memoryKills: 0 }),
        },
      }),
    );
    const held = heldMemory(
      () => results.pop()!,
      (built) => assert.equal(built.at(-1)?.log.length, MAX_LOG_BYTES),
    );
    assert.ok(held < MAX_LOG_BYTES, `${held} bytes are held`);
  });
});
