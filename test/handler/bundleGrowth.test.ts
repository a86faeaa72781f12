import assert from "node:assert/strict";
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { describe, it } from "mocha";
import {
  compress,
  exported,
  fixedFile,
  type Package,
  shellPackage,
  sourceFile,
  textFile,
} from "../../fuzz/generators/shellPackage.ts";
import { checkBundle } from "../../machine/handler/bundle/checkBundle.ts";
import { decompressBundle } from "../../machine/handler/bundle/decompressBundle.ts";
import { Rejection } from "../../machine/handler/device/rejection.ts";
import { Inventory } from "../../machine/handler/inventory/inventory.ts";
import { BUNDLE_LIMITS, MAX_DERIVATIONS_BYTES } from "../../machine/handler/limits.ts";
import {
  type ExportedPath,
  encodeExport,
  encodeNar,
  formatDerivation,
  MAX_DERIVATION_BYTES,
  storePathForDerivation,
} from "../../nix/index.ts";
import { growsLinearly } from "../nix/support/growsLinearly.ts";

/** The limit of the heap: less than V8 uses in a machine of 512 MiB. */
const HEAP_MEBIBYTES = 200;

describe("a hostile bundle", () => {
  const bundles: Record<string, [size: number, make: (size: number) => readonly ExportedPath[]]> = {
    "many tiny texts": [300, (size) => count(size).map((index) => textFile("t", `${index}`))],
    "many tiny sources": [300, (size) => count(size).map((index) => sourceFile("s", `${index}`))],
    "many references in one text": [
      300,
      (size) => {
        const texts = count(size).map((index) => textFile("t", `${index}`));
        return [...texts, textFile("u", "", texts.map(({ path }) => path).sort())];
      },
    ],
    "a chain of derivations": [50, (size) => chainOf(size).at(-1)?.closure ?? []],
    "a derivation with many variables": [500, (size) => [wide(size, 0)]],
    "one large archive": [
      500,
      (size) => {
        const node = { kind: "symlink" as const, target: Buffer.from("x") };
        const entries = count(size).map((index) => ({
          name: Buffer.from(String(index).padStart(6, "0")),
          node,
        }));
        return [{ ...sourceFile("s", ""), nar: encodeNar({ kind: "directory", entries }) }];
      },
    ],
  };
  for (const [name, [size, make]] of Object.entries(bundles)) {
    it(`is checked in time linear in its size: ${name}`, () => {
      growsLinearly(
        size,
        (size) => encodeExport(make(size)),
        (stream) => check(stream),
      );
    });
  }

  it("is rejected in one line before it fills the memory", async function () {
    this.timeout(60_000);
    const nar = encodeNar({ kind: "regular", executable: false, contents: new Uint8Array(0) });
    const path = (index: number) => `/nix/store/${String(index).padStart(32, "0")}-x`;
    const references = count(BUNDLE_LIMITS.maxReferences).map((index) => path(index + 1_000_000));
    const streamOf = (paths: number, references: string[]) =>
      encodeExport(count(paths).map((index) => ({ path: path(index), nar, references, deriver: undefined })));
    const { maxPaths, maxReferences, maxAllReferences } = BUNDLE_LIMITS;
    const most = maxAllReferences / maxReferences;
    const outcomes = [
      await checkWithinMemory(streamOf(most, references)),
      await checkWithinMemory(streamOf(most + 1, references)),
      await checkWithinMemory(streamOf(maxPaths + 1, [])),
    ];
    assert.match(outcomes[0]!, /refers to .*, which is neither in the bundle nor in the store: add it$/);
    assert.match(outcomes[1]!, new RegExp(`: more than ${maxAllReferences} references$`));
    assert.match(outcomes[2]!, new RegExp(`: more than ${maxPaths} paths$`));
  });

  it("is checked within the memory limit when it is as large as allowed", async function () {
    this.timeout(60_000);
    const variables = Math.floor(MAX_DERIVATION_BYTES / 23);
    const fits = Math.floor(MAX_DERIVATIONS_BYTES / MAX_DERIVATION_BYTES) - 1;
    const closure = count(fits).map((index) => wide(variables, index));
    assert.equal(await checkWithinMemory(encodeExport(closure)), `${fits} paths`);
  });

  it("is not decompressed beyond the limit, nor with trailing bytes", () => {
    const bomb = compress(new Uint8Array(8 * 1024 * 1024)).blob;
    assert.ok(bomb.length < 100);
    assert.throws(
      () => decompressBundle(bomb, 1024 * 1024),
      /longer than the limit of 1048576 bytes when decompressed/,
    );
    const { blob } = compress(encodeExport([textFile("t", "")]));
    assert.doesNotThrow(() => decompressBundle(blob));
    for (const more of [Uint8Array.of(0), blob]) {
      assert.throws(
        () => decompressBundle(Buffer.concat([blob, more])),
        /^Rejection: bundle: .* trailing bytes after the brotli stream/,
      );
    }
  });

  it("is rejected in one line in linear time, whatever the line contains", () => {
    assert.equal(new Rejection("a \n\t b:\x1b[2J c\r\n").message, "a b: [2J c");
    for (const text of [" ", "\t ", " \n", "\n", "\u3000"]) {
      growsLinearly(
        40_000,
        (size) => `a${text.repeat(size)}b`,
        (message) => assert.equal(new Rejection(message).message.includes("\n"), false),
      );
    }
  });
});

function check(stream: Uint8Array): void {
  try {
    checkBundle(stream, new Inventory());
  } catch (error) {
    if (!(error instanceof Rejection)) {
      throw error;
    }
  }
}

async function checkWithinMemory(stream: Uint8Array): Promise<string> {
  const worker = new Worker(new URL("support/bundleWorker.ts", import.meta.url), {
    workerData: stream,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MEBIBYTES },
  });
  const [outcome] = await once(worker, "message");
  return outcome;
}

function chainOf(length: number): Package[] {
  const chain: Package[] = [];
  for (const index of count(length)) {
    chain.push({ ...shellPackage({ name: `p${index}`, script: "", inputs: chain.slice(-1) }) });
  }
  return chain;
}

/** A derivation with 22 bytes per variable, and a fixed output, whose path does not depend on the variables. */
function wide(variables: number, seed: number): ExportedPath {
  const { derivation } = fixedFile("wide", `${seed}`, { mode: "flat", algorithm: "sha256" }).declaration;
  const more = count(variables).map(
    (index) => [`v${String(index).padStart(7, "0")}`, `${seed}value`] as const,
  );
  const wide = { ...derivation, env: [...derivation.env, ...more] };
  return exported(storePathForDerivation("wide", wide), formatDerivation(wide), []);
}

function count(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}
