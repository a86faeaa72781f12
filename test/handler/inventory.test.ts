import assert from "node:assert/strict";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, it } from "mocha";
import { shellPackage } from "../../fuzz/generators/shellPackage.ts";
import { createCheckedDerivation } from "../../machine/handler/derivations/checkedDerivation.ts";
import { Inventory } from "../../machine/handler/inventory/inventory.ts";
import { MAX_KNOWN_BUNDLES } from "../../machine/handler/limits.ts";
import { type Derivation, formatDerivation, parseDerivation } from "../../nix/index.ts";

describe("the inventory", () => {
  it("uses no more memory than it counts, whatever hostile inputs put into it", () => {
    const kinds: [what: string, add: (inventory: Inventory) => void][] = [
      ["paths", (inventory) => addPaths(inventory, 20_000, 0)],
      ["references", (inventory) => addPaths(inventory, 100, 2_000)],
      ["variables", (inventory) => addDerivations(inventory, { count: 300, variables: 300 })],
      ["inputs", (inventory) => addDerivations(inventory, { inputs: 5_000 })],
      ["outputs", (inventory) => addDerivations(inventory, { outputs: 2_000 })],
    ];
    for (const [what, add] of kinds) {
      const kept = [new Inventory()];
      add(kept[0]!);
      const { memoryBytes: bytes } = kept[0]!;
      const withIt = usedHeap();
      kept.pop();
      const used = withIt - usedHeap();
      assert.ok(used > 0 && used <= bytes, `${what}: ${used} bytes are used, ${bytes} counted`);
    }
  });

  it("counts down to zero when everything is removed", () => {
    const inventory = new Inventory();
    addPaths(inventory, 10, 3);
    addPaths(inventory, 10, 2);
    addDerivations(inventory, { inputs: 3 });
    addDerivations(inventory, { inputs: 3 });
    assert.ok(inventory.memoryBytes > 0);
    inventory.remove(inventory.generations.flat());
    assert.deepEqual([inventory.memoryBytes, inventory.counts], [0, { paths: 0, derivations: 0 }]);
  });

  it("remembers only the latest bundles, and none after something was deleted", () => {
    const inventory = new Inventory();
    for (let index = 0; index <= MAX_KNOWN_BUNDLES; index += 1) {
      inventory.addBundle(String(index));
    }
    assert.ok(!inventory.hasBundle("0"));
    assert.ok(inventory.hasBundle("1") && inventory.hasBundle(String(MAX_KNOWN_BUNDLES)));
    inventory.remove([storePath(1, "any")]);
    assert.ok(!inventory.hasBundle("1"));
  });
});

function addPaths(inventory: Inventory, count: number, references: number): void {
  for (let index = 0; index < count; index += 1) {
    const path = storePath(index, "path");
    const others = Array.from({ length: references }, (_, number) =>
      storePath(index * references + number, "r"),
    );
    inventory.addPath(path, {
      narHash: copyOf("ab".repeat(32)),
      narSize: 2 ** 40 + index,
      references: others,
    });
    inventory.markUsed([path], index);
  }
}

function addDerivations(
  inventory: Inventory,
  {
    count = 5,
    variables = 0,
    inputs = 0,
    outputs = 1,
  }: Partial<Record<"count" | "variables" | "inputs" | "outputs", number>>,
): void {
  const { derivation, hash } = shellPackage({ name: "one", script: "x" });
  for (let index = 0; index < count; index += 1) {
    const large: Derivation = {
      ...derivation,
      env: numbered(variables, (digits) => [digits, ""]),
      inputDrvs: numbered(inputs, (digits, number) => ({
        path: storePath(number, "i.drv"),
        outputs: [digits],
      })),
      outputs: numbered(outputs, (digits, number) => ({
        name: `output-${digits}`,
        path: storePath(number, `o${index}`),
        hashAlgo: "",
        hash: "",
      })),
    };
    const path = storePath(index, "d.drv");
    inventory.addPath(path, { narHash: copyOf("ab".repeat(32)), narSize: 1, references: [] });
    inventory.markUsed([path], index);
    inventory.addDerivation(path, createCheckedDerivation(parseDerivation(formatDerivation(large)), hash));
  }
}

function numbered<T>(count: number, item: (digits: string, number: number) => T): T[] {
  return Array.from({ length: count }, (_, number) => item(String(number).padStart(14, "0"), number));
}

function storePath(number: number, name: string): string {
  return copyOf(`/nix/store/${String(number).padStart(32, "0")}-${name}`);
}

/** A copy that shares its memory with no other string. */
function copyOf(text: string): string {
  return Buffer.from(text).toString();
}

function usedHeap(): number {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}
