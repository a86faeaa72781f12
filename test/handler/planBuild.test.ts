import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { fixedFile, type Package, shellPackage } from "../../fuzz/generators/shellPackage.ts";
import { planBuild } from "../../machine/handler/building/planBuild.ts";
import { createCheckedDerivation } from "../../machine/handler/derivations/checkedDerivation.ts";
import { Inventory } from "../../machine/handler/inventory/inventory.ts";
import { MAX_BUILDS } from "../../machine/handler/limits.ts";

const SYSTEM = "x86_64-linux";

describe("planning a build", () => {
  const base = shellPackage({ name: "base", script: "echo > $out" });
  const left = shellPackage({ name: "left", script: "echo > $out", inputs: [base] });
  const right = shellPackage({ name: "right", script: "echo > $out", inputs: [base, left] });
  const top = shellPackage({ name: "top", script: "echo > $out", inputs: [right, left] });
  const all = [base, left, right, top];

  it("orders every input before its dependants, and only once", () => {
    const plan = planOf(top, inventoryOf(all));
    assert.deepEqual(
      plan,
      [base, left, right, top].map(({ drvPath }) => drvPath),
    );
  });

  it("skips what is in the store, and what only that needs", () => {
    assert.deepEqual(
      planOf(top, inventoryOf(all, [left])),
      [base, right, top].map(({ drvPath }) => drvPath),
    );
    assert.deepEqual(planOf(top, inventoryOf(all, [left, right])), [top.drvPath]);
    assert.deepEqual(planOf(top, inventoryOf(all, [top])), []);
  });

  it("follows long chains, up to its limit", () => {
    const chain = [base];
    while (chain.length < MAX_BUILDS) {
      const inputs = [chain.at(-1)!];
      chain.push(shellPackage({ name: `link-${chain.length}`, script: "echo > $out", inputs }));
    }
    assert.equal(planOf(chain.at(-1)!, inventoryOf(chain)).length, MAX_BUILDS);
    const last = shellPackage({ name: "last", script: "echo > $out", inputs: [chain.at(-1)!] });
    assert.throws(() => planOf(last, inventoryOf([...chain, last])), /more than 256 derivations/);
  });

  it("names the fixed output that is missing, however deep it is needed", () => {
    const { declaration, file } = fixedFile("fetched", "content", { mode: "recursive", algorithm: "sha256" });
    const user = shellPackage({ name: "user", script: "echo > $out", inputs: [declaration] });
    const user2 = shellPackage({ name: "user2", script: "echo > $out", inputs: [user] });
    const inventory = inventoryOf([declaration, user, user2]);
    assert.throws(
      () => planOf(user2, inventory),
      new RegExp(`the fixed output ${file.path} of ${declaration.drvPath} is missing`),
    );
    assert.throws(() => planOf(declaration, inventory), /is missing/);
    inventory.addPath(file.path, { narHash: "", narSize: 0, references: [] });
    assert.deepEqual(planOf(user2, inventory), [user.drvPath, user2.drvPath]);
    assert.deepEqual(planOf(declaration, inventory), []);
  });

  it("explains why a fixed output with a weak hash is never accepted", () => {
    const { declaration } = fixedFile("fetched", "content", { mode: "flat", algorithm: "sha1" });
    const user = shellPackage({ name: "user", script: "echo > $out", inputs: [declaration] });
    assert.throws(
      () => planOf(user, inventoryOf([declaration, user])),
      /the fixed output .*-fetched of .* is declared by a sha1 hash, which is not collision resistant/,
    );
  });

  it("rejects a derivation for another system, even among the inputs", () => {
    const foreign = shellPackage({ name: "foreign", script: "echo > $out", system: "builtin" });
    const user = shellPackage({ name: "user", script: "echo > $out", inputs: [foreign] });
    assert.throws(
      () => planOf(user, inventoryOf([foreign, user])),
      /foreign\.drv is for the system builtin, but/,
    );
  });
});

function planOf({ drvPath }: Package, inventory: Inventory): string[] {
  return planBuild(drvPath, inventory, SYSTEM).map((planned) => planned.drvPath);
}

function inventoryOf(packages: readonly Package[], built: readonly Package[] = []): Inventory {
  const inventory = new Inventory();
  for (const { drvPath, derivation, hash } of packages) {
    inventory.addDerivation(drvPath, createCheckedDerivation(derivation, hash));
  }
  for (const { out } of built) {
    inventory.addPath(out, { narHash: "", narSize: 0, references: [] });
  }
  return inventory;
}
