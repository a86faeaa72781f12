import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import {
  exported,
  fixedFile,
  type Package,
  shellPackage,
  sourceFile,
  textFile,
} from "../../fuzz/generators/shellPackage.ts";
import { checkBundle } from "../../machine/handler/bundle/checkBundle.ts";
import { createCheckedDerivation } from "../../machine/handler/derivations/checkedDerivation.ts";
import { Rejection } from "../../machine/handler/device/rejection.ts";
import { Inventory } from "../../machine/handler/inventory/inventory.ts";
import { MAX_DERIVATIONS_BYTES } from "../../machine/handler/limits.ts";
import {
  type Derivation,
  type ExportedPath,
  encodeExport,
  encodeNar,
  formatDerivation,
  storePathForDerivation,
} from "../../nix/index.ts";

describe("checking a bundle", () => {
  const source = sourceFile("source", "#!/bin/sh", true);
  const text = textFile("text", `see ${source.path}`, [source.path]);
  const lower = shellPackage({ name: "lower", script: "echo > $out", sources: [source, text] });
  const upper = shellPackage({ name: "upper", script: "echo > $out", inputs: [lower] });

  it("accepts texts, sources and derivations whose names follow from their content", () => {
    const { paths, derivations } = checkBundle(encodeExport(upper.closure), new Inventory());
    assert.deepEqual(
      paths.map(({ path }) => path),
      upper.closure.map(({ path }) => path),
    );
    assert.deepEqual([...derivations.keys()], [lower.drvPath, upper.drvPath]);
  });

  it("accepts fixed outputs by sha256 and sha512, declared in the bundle or in the store", () => {
    for (const mode of ["flat", "recursive"] as const) {
      for (const algorithm of ["sha256", "sha512"] as const) {
        const { declaration, file } = fixedFile("fetched", `${mode} ${algorithm}`, { mode, algorithm });
        const together = checkBundle(encodeExport([file, ...declaration.closure]), new Inventory());
        assert.equal(together.paths[0]?.path, file.path);
        const later = checkBundle(encodeExport([file]), inventoryWith(declaration));
        assert.equal(later.paths[0]?.path, file.path);
        refuse([changed(file, "other content"), ...declaration.closure], /has the hash .*, not /);
      }
    }
  });

  it("accepts sha256 and sha512 outputs without a declaration", () => {
    for (const algorithm of ["sha256", "sha512"] as const) {
      const { file } = fixedFile("fetched", "content", { mode: "flat", algorithm });
      assert.doesNotThrow(() => checkBundle(encodeExport([file]), new Inventory()));
    }
  });

  it("refuses fixed outputs by md5 and sha1, for which collisions can be made", () => {
    for (const mode of ["flat", "recursive"] as const) {
      for (const algorithm of ["md5", "sha1"] as const) {
        const { declaration, file } = fixedFile("fetched", "content", { mode, algorithm });
        const reason = new RegExp(
          `-fetched is declared by a ${algorithm} hash, which is not collision resistant`,
        );
        refuse([file, ...declaration.closure], reason);
        assert.throws(() => checkBundle(encodeExport([file]), inventoryWith(declaration)), reason);
        refuse([file], /does not follow from its content/);
        assert.doesNotThrow(() => checkBundle(encodeExport(declaration.closure), new Inventory()));
      }
    }
  });

  it("refuses more .drv files than fit in memory", () => {
    const script = "x".repeat(MAX_DERIVATIONS_BYTES / 8);
    const packages = Array.from({ length: 8 }, (_, index) =>
      shellPackage({ name: `large-${index}`, script }),
    );
    const closure = packages.flatMap((one) => one.closure);
    assert.doesNotThrow(() => checkBundle(encodeExport(closure.slice(1)), new Inventory()));
    refuse(
      closure,
      /its \.drv files have 83\d{5} bytes, more than the limit of 8388608: split it into several$/,
    );
  });

  it("skips what is already in the store", () => {
    const inventory = inventoryWith(lower);
    const { paths } = checkBundle(encodeExport(upper.closure), inventory);
    assert.deepEqual(
      paths.map(({ path }) => path),
      [upper.drvPath],
    );
  });

  it("refuses content that does not match its name", () => {
    refuse(
      [changed(source, "#!/bin/evil")],
      new RegExp(`^bundle: ${quoted(source.path)}: .*does not follow from its content`),
    );
    refuse([source, changed(text, "evil")], /text: .*does not follow from its content/);
    refuse([exported(source.path, "#!/bin/sh", [])], /does not follow from its content/);
  });

  it("refuses an input-addressed path, whatever it is called", () => {
    const smuggled = exported(lower.out, "not built here", []);
    refuse([smuggled], new RegExp(`${quoted(lower.out)}: .*does not follow from its content`));
    refuse(
      [...lower.closure, smuggled],
      /-lower is an output of .*lower\.drv, which is only ever built here: leave it out$/,
    );
    assert.throws(
      () => checkBundle(encodeExport([smuggled]), inventoryWith(lower)),
      /-lower is an output of .*lower\.drv, which is only ever built here/,
    );
  });

  it("refuses references that are wrong, absent, or to the path itself", () => {
    refuse([{ ...source, references: [text.path] }], /refers to .*-text, which is neither in the bundle nor/);
    refuse(
      [source, text, { ...sourceFile("other", "x"), references: [text.path] }],
      /does not follow from its content/,
    );
    refuse([source, { ...text, references: [] }], /does not follow from its content/);
    refuse([{ ...source, references: [source.path] }], /does not follow from its content/);
    refuse([text], /refers to .*-source, which is neither in the bundle nor in the store/);
  });

  it("refuses a derivation whose references are not those of its content", () => {
    const file = upper.closure.at(-1)!;
    refuse(
      [...lower.closure, { ...file, references: [] }],
      /upper\.drv has other references than its content/,
    );
    refuse(
      [...upper.closure.slice(0, -1), { ...file, references: [source.path, lower.drvPath].sort() }],
      /has other references than/,
    );
  });

  it("refuses a derivation without its input", () => {
    refuse([upper.closure.at(-1)!], /upper\.drv refers to .*lower\.drv, which is neither/);
    const unchecked = new Inventory();
    unchecked.addPath(lower.drvPath, { narHash: "", narSize: 0, references: [] });
    assert.throws(
      () => checkBundle(encodeExport([upper.closure.at(-1)!]), unchecked),
      (error) =>
        error instanceof Rejection && /the input derivation .*lower\.drv is neither in/.test(error.message),
    );
  });

  it("refuses a derivation that claims another's output path", () => {
    const [victim] = lower.derivation.outputs;
    const thief = rewritten(upper, ({ env, outputs, ...rest }) => ({
      ...rest,
      outputs: outputs.map((output) => ({ ...output, path: victim!.path })),
      env: env.map(([name, value]) => [name, name === "out" ? victim!.path : value] as const),
    }));
    const reason = /output "out" of .* is .*-upper, not .*-lower/;
    refuse([...lower.closure, thief], reason);
    assert.throws(() => checkBundle(encodeExport([thief]), inventoryWith(lower)), reason);
  });

  it("refuses a derivation that tells its builder another output path, or none", () => {
    const [victim] = lower.derivation.outputs;
    for (const told of [victim!.path, "", undefined]) {
      const liar = rewritten(upper, ({ env, ...rest }) => ({
        ...rest,
        env: env.flatMap(([name, value]) => {
          if (name !== "out") {
            return [[name, value] as const];
          }
          return told === undefined ? [] : [[name, told] as const];
        }),
      }));
      refuse(
        [...lower.closure, liar],
        /output "out" of .* is |the variable "out" of .* is not the output's path/,
      );
    }
  });

  it("refuses a derivation that names an input that it does not refer to, or the other way round", () => {
    const file = upper.closure.at(-1)!;
    const without = rewritten(upper, (derivation) => ({ ...derivation, inputDrvs: [] }));
    refuse([...lower.closure, without], /belongs to|has other references than its content/);
    const more = { ...file, references: [...file.references, source.path].sort() };
    refuse([...lower.closure, more], /has other references than its content/);
  });

  it("refuses a derivation whose outputs would be taken for derivations", () => {
    refuse(
      shellPackage({ name: "pretended.drv", script: "echo > $out" }).closure,
      /must not be named like a derivation$/,
    );
    const outputs = ["out", "x.drv"];
    refuse(
      shellPackage({ name: "pretended", outputs, script: "echo > $out" }).closure,
      /must not be named like a derivation$/,
    );
  });

  it("refuses derivations under another name, and kinds that need Nix's experimental features", () => {
    const misnamed = exported(
      upper.drvPath,
      formatDerivation(lower.derivation),
      lower.closure.at(-1)!.references,
    );
    refuse([...lower.closure.slice(0, -1), misnamed], /belongs to .*-upper\.drv/);
    const kinds = [
      { path: "", hashAlgo: "", hash: "" },
      { path: "", hashAlgo: "r:sha256", hash: "" },
      { path: "", hashAlgo: "r:sha256", hash: "impure" },
    ];
    for (const kind of kinds) {
      const floating = rewritten(lower, (derivation) => ({
        ...derivation,
        outputs: [{ name: "out", ...kind }],
      }));
      refuse([source, text, floating], /deferred|floating|impure/);
    }
  });

  it("refuses a directory or a source that is named like a derivation", () => {
    const nar = encodeNar({ kind: "directory", entries: [] });
    refuse(
      [{ ...lower.closure.at(-1)!, nar, references: [] }],
      /is not a derivation: it is not a regular file/,
    );
    const pretended = sourceFile("pretended.drv", "Derive(");
    refuse([pretended], /pretended\.drv: invalid derivation/);
  });

  it("refuses streams that are truncated, have trailing bytes, or are out of order", () => {
    const stream = encodeExport(upper.closure);
    for (const length of [0, 7, 8, 100, stream.length - 8, stream.length - 1]) {
      assert.throws(() => checkBundle(stream.subarray(0, length), new Inventory()), Rejection);
    }
    assert.throws(
      () => checkBundle(Buffer.concat([stream, stream]), new Inventory()),
      /trailing bytes after the stream/,
    );
  });

  it("never accepts a changed byte", () => {
    const stream = encodeExport(upper.closure);
    const genuine = new Map(upper.closure.map(({ path, nar }) => [path, Buffer.from(nar)]));
    fc.assert(
      fc.property(fc.nat(stream.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const bytes = Uint8Array.from(stream);
        bytes[at] = bytes[at]! ^ flip;
        try {
          for (const { path, nar } of checkBundle(bytes, new Inventory()).paths) {
            assert.ok(genuine.get(path)?.equals(nar), `byte ${at} of ${path}`);
          }
        } catch (error) {
          assert.ok(error instanceof Rejection, String(error));
          assert.doesNotMatch(error.message, /\n/);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

function refuse(paths: readonly ExportedPath[], reason: RegExp): void {
  assert.throws(
    () => checkBundle(encodeExport(paths), new Inventory()),
    (error) => {
      assert.ok(error instanceof Rejection, String(error));
      assert.match(error.message, reason);
      return true;
    },
  );
}

function changed(original: ExportedPath, contents: string): ExportedPath {
  return { ...original, nar: exported(original.path, contents, []).nar };
}

function rewritten(
  { derivation, closure }: Package,
  rewrite: (derivation: Derivation) => Derivation,
): ExportedPath {
  const file = closure.at(-1)!;
  const name = derivation.env.find(([key]) => key === "name")?.[1] ?? "";
  const lie = rewrite(derivation);
  return exported(storePathForDerivation(name, lie), formatDerivation(lie), file.references);
}

function inventoryWith({ closure, drvPath, derivation, hash }: Package): Inventory {
  const inventory = new Inventory();
  for (const { path, references } of closure) {
    inventory.addPath(path, { narHash: "", narSize: 0, references });
  }
  inventory.addDerivation(drvPath, createCheckedDerivation(derivation, hash));
  return inventory;
}

function quoted(text: string): string {
  return text.replaceAll(/[+.?]/g, "\\$&");
}
