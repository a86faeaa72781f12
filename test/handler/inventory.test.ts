import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { fixedFile, shellPackage } from "../../fuzz/generators/shellPackage.ts";
import { createCheckedDerivation } from "../../machine/handler/derivations/checkedDerivation.ts";
import { Inventory } from "../../machine/handler/inventory/inventory.ts";
import { MAX_KNOWN_BUNDLES } from "../../machine/handler/limits.ts";
import { type Derivation, type DerivationHash, formatDerivation, parseDerivation } from "../../nix/index.ts";
import { heldMemory } from "./support/heldMemory.ts";

/** The longest that a store path's name may be. */
const LONGEST_NAME = "n".repeat(211 - 8);

describe("the inventory", () => {
  const kinds: [what: string, add: (inventory: Inventory) => void][] = [
    ["paths", (inventory) => addPaths(inventory, { count: 20_000 })],
    ["paths of long names", (inventory) => addPaths(inventory, { count: 10_000, name: LONGEST_NAME })],
    [
      "paths whose names are parts of texts",
      (inventory) => addPaths(inventory, { count: 500, within: 10_000 }),
    ],
    [
      "references",
      (inventory) => addPaths(inventory, { count: 2_100, references: 2_000, name: LONGEST_NAME }),
    ],
    ["references to what is not there", (inventory) => addStrangers(inventory)],
    ["origins", (inventory) => addOrigins(inventory, 10_000)],
    ["bundles", (inventory) => addBundles(inventory, MAX_KNOWN_BUNDLES)],
    ["derivations", (inventory) => addDerivations(inventory, { count: 5_000 })],
    ["variables", (inventory) => addDerivations(inventory, { count: 300, variables: 300 })],
    ["inputs", (inventory) => addDerivations(inventory, { inputs: 5_000 })],
    ["used outputs", (inventory) => addDerivations(inventory, { inputs: 50, used: 2_000 })],
    ["outputs", (inventory) => addDerivations(inventory, { outputs: 2_000 })],
    ["fixed outputs", (inventory) => addFixedOutputs(inventory, 3_000)],
    ["systems", (inventory) => addDerivations(inventory, { count: 300, system: "s".repeat(3_000) })],
    [
      "systems of all characters",
      (inventory) => addDerivations(inventory, { count: 50, system: `\u0100${"s".repeat(30_000)}` }),
    ],
    [
      "builders inside Nix",
      (inventory) => addRefused(inventory, { builder: `builtin:${"b".repeat(100_000)}` }),
    ],
    ["features that are missing", (inventory) => addRefused(inventory, { features: "f".repeat(100_000) })],
    [
      "one feature of many",
      (inventory) => addRefused(inventory, { features: `${" ".repeat(100_000)}other-feature` }),
    ],
    ["what stays of many", (inventory) => addAndRemove(inventory)],
  ];
  for (const [what, add] of kinds) {
    it(`uses no more memory than it counts, whatever hostile inputs put into it: ${what}`, () => {
      let counted = 0;
      const make = () => {
        const inventory = new Inventory();
        add(inventory);
        return inventory;
      };
      const held = heldMemory(make, ({ memoryBytes }) => {
        counted = memoryBytes;
      });
      assert.ok(held > 0 && held <= counted, `${held} bytes are held, ${counted} counted`);
    });
  }

  it("counts down to zero when everything is removed", () => {
    const inventory = new Inventory();
    addPaths(inventory, { count: 10, references: 3 });
    addPaths(inventory, { count: 10, references: 2 });
    addDerivations(inventory, { inputs: 3 });
    addDerivations(inventory, { inputs: 3 });
    addOrigins(inventory, 20);
    addBundles(inventory, 3);
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

interface PathsInit {
  readonly count: number;
  /** How many of the paths before it each one refers to. */
  readonly references?: number;
  readonly name?: string;
  /** The length of the text that each path is a part of. */
  readonly within?: number;
}

function addPaths(
  inventory: Inventory,
  { count, references = 0, name = "path", within = 0 }: PathsInit,
): void {
  const longer = (path: string) => copyOf(path + " ".repeat(within)).slice(0, path.length);
  for (let index = 0; index < count; index += 1) {
    const path = longer(storePath(index, name));
    const first = Math.max(0, index - references);
    const others = Array.from({ length: index - first }, (_, place) => storePath(first + place, name));
    inventory.addPath(path, {
      narHash: longer("ab".repeat(32)),
      narSize: 2 ** 40 + index,
      references: others,
    });
    inventory.markUsed([path], index);
  }
}

function addStrangers(inventory: Inventory): void {
  for (let index = 0; index < 20; index += 1) {
    const references = numbered(2_000, (_, number) => storePath(index * 10_000 + number, LONGEST_NAME));
    inventory.addPath(storePath(index, "path"), { narHash: copyOf("ab".repeat(32)), narSize: 1, references });
  }
}

function addOrigins(inventory: Inventory, count: number): void {
  addPaths(inventory, { count });
  for (let index = 0; index < count; index += 1) {
    inventory.addOrigin(storePath(index, "path"), {
      inputIndex: index,
      drvPath: storePath(index, `${LONGEST_NAME}.drv`),
    });
    inventory.markUsed([storePath(index, "path")], index);
  }
}

function addBundles(inventory: Inventory, count: number): void {
  for (let index = 0; index < count; index += 1) {
    // put together from parts, as the decoder of requests does
    inventory.addBundle(
      Array.from(String(index).padStart(64, "0")).reduce((text, digit) => text + digit, "0x"),
    );
  }
}

/** What remains when most was removed: tables keep their places for a while. */
function addAndRemove(inventory: Inventory): void {
  const count = 16_385;
  addPaths(inventory, { count });
  addDerivations(inventory, { count });
  const [kept, removed] = [Math.ceil(count * 0.26), "path,d.drv".split(",")];
  for (const name of removed) {
    inventory.remove(Array.from({ length: count - kept }, (_, index) => storePath(index, name)));
  }
}

interface DerivationsInit {
  readonly count?: number;
  readonly variables?: number;
  readonly inputs?: number;
  /** Outputs that each input is used for. */
  readonly used?: number;
  readonly outputs?: number;
  readonly system?: string;
}

function addDerivations(
  inventory: Inventory,
  { count = 5, variables = 0, inputs = 0, used = 1, outputs = 1, system = "x86_64-linux" }: DerivationsInit,
): void {
  const { derivation, hash } = shellPackage({ name: "one", script: "x" });
  for (let index = 0; index < count; index += 1) {
    const large: Derivation = {
      ...derivation,
      system,
      env: numbered(variables, (digits) => [digits, ""]),
      inputDrvs: numbered(inputs, (_, number) => ({
        path: storePath(number, "i.drv"),
        outputs: numbered(used, (digits) => digits),
      })),
      outputs: numbered(outputs, (digits, number) => ({
        name: `output-${digits}`,
        path: storePath(number, `o${index}`),
        hashAlgo: "",
        hash: "",
      })),
    };
    add(inventory, storePath(index, "d.drv"), large, hash);
  }
}

function addFixedOutputs(inventory: Inventory, count: number): void {
  for (let index = 0; index < count; index += 1) {
    const { declaration } = fixedFile(`fixed-${index}`, "", { mode: "recursive", algorithm: "sha512" });
    add(inventory, declaration.drvPath, declaration.derivation, declaration.hash);
  }
}

function addRefused(
  inventory: Inventory,
  { builder = "/bin/sh", features = "" }: { builder?: string; features?: string },
): void {
  for (let index = 0; index < 40; index += 1) {
    const { derivation, drvPath, hash } = shellPackage({
      name: `refused-${index}`,
      script: "",
      builder,
      env: { requiredSystemFeatures: features },
    });
    add(inventory, drvPath, derivation, hash);
  }
}

/** As it comes out of a bundle: every text of it is a part of the file's. */
function add(
  inventory: Inventory,
  drvPath: string,
  derivation: Derivation,
  { sha256, outputNames }: DerivationHash,
): void {
  inventory.addPath(drvPath, { narHash: copyOf("ab".repeat(32)), narSize: 1, references: [] });
  inventory.markUsed([drvPath], 1);
  const parsed = parseDerivation(Buffer.from(formatDerivation(derivation)));
  const hash = { sha256: new Uint8Array(sha256), outputNames };
  inventory.addDerivation(drvPath, createCheckedDerivation(parsed, hash));
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
