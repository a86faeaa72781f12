import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import fc from "fast-check";
import { describe, it } from "mocha";
import { derivation as anyDerivation } from "../../fuzz/generators/nixArbitraries.ts";
import {
  checkDerivation,
  createDerivationHasher,
  type Derivation,
  DerivationFormatError,
  DerivationMismatchError,
  derivationName,
  derivationType,
  formatDerivation,
  outputPathsOf,
  parseDerivation,
  referencesOfDerivation,
  storePathForDerivation,
  UnsupportedDerivationError,
} from "../../nix/index.ts";
import { cpuSeconds } from "./support/cpuSeconds.ts";
import { fuzzRuns } from "./support/fuzzRuns.ts";
import { golden, goldenDerivations, goldenInfo } from "./support/golden.ts";
import { mutatedBytes } from "./support/mutatedBytes.ts";
import { acceptedBy, refuses } from "./support/refuses.ts";

const lookup = createDerivationHasher((path) => goldenDerivations.get(path)?.derivation);

function goldenDrv(name: string): { path: string; text: string; derivation: Derivation } {
  const found = [...goldenDerivations].find(([path]) => derivationName(path) === name);
  assert.ok(found, `no ${name}.drv`);
  const [path, drv] = found;
  return { path, ...drv };
}

describe("nix: derivations", () => {
  describe("parse and format", () => {
    it("formats every golden .drv as it was written", () => {
      for (const { text, derivation } of goldenDerivations.values()) {
        assert.equal(formatDerivation(derivation), text);
        assert.deepEqual(parseDerivation(new TextEncoder().encode(text)), derivation);
      }
      const { env } = goldenDrv(".odd").derivation;
      assert.equal(new Map(env).get("ü"), '\r\n\t\\ "  é 𝄞');
    });

    it("parses any derivation that it formats", () => {
      fc.assert(
        fc.property(anyDerivation, (derivation) => {
          assert.deepEqual(parseDerivation(formatDerivation(derivation)), derivation);
        }),
      );
    });

    it("accepts only changed bytes that it would format the same way", () => {
      const changed = anyDerivation.chain((drv) =>
        mutatedBytes(new TextEncoder().encode(formatDerivation(drv))),
      );
      fc.assert(
        fc.property(changed, (bytes) => {
          const derivation = acceptedBy(() => parseDerivation(bytes));
          if (derivation === undefined) {
            return;
          }
          assert.deepEqual(new TextEncoder().encode(formatDerivation(derivation)), bytes);
        }),
        { numRuns: fuzzRuns(1000) },
      );
    });

    it("refuses what Nix would have written differently, naming the position", () => {
      const { text } = goldenDrv("lib-1.0");
      const refused = (from: string | RegExp, to: string, reason: RegExp) => {
        const changed = text.replace(from, to);
        assert.notEqual(changed, text);
        refuses(() => parseDerivation(changed), DerivationFormatError, reason);
      };
      refused("Derive(", "DrvWithVersion(", /position 0: expected "Derive\("/);
      refused("Derive(", "Derive( ", /expected "\["/);
      refused(/$/, "\n", /trailing characters/);
      refused(/\)$/, "", /found the end/);
      refused('"-c"', '"\\-c"', /escape/);
      refused('"dev"', '"d\\nev"', /without escapes/);
      refused('"x86_64-linux"', '"x86_64\\tlinux"', /without escapes/);
      refused('"x86_64-linux"', '"x86_64\tlinux"', /without escapes/);
      refused('"-c"', '"-c\n"', /end of a string/);
      refused('"-c"', '"-c\0"', /end of a string/);
      refused('"-c"', '"-c",', /expected "\\""/);
      refused('"dev"', '"zzz"', /"doc" is unsorted/);
      refused('("empty",""),', '("empty",""),("empty",""),', /"empty" is unsorted or duplicate/);
      refused("/nix/store/", "/nix/stor/", /not in \/nix\/store/);
      refused('"out"', '"out\ud800"', /surrogate/);
      refuses(
        () => parseDerivation(text.replace(/^Derive\(\[.*?\]/, "Derive([]")),
        DerivationFormatError,
        /no output/,
      );
      const bytes = new TextEncoder().encode(text);
      refuses(
        () => parseDerivation(Uint8Array.of(0xef, 0xbb, 0xbf, ...bytes)),
        DerivationFormatError,
        /expected/,
      );
      refuses(() => parseDerivation(bytes.with(bytes.length - 4, 0xff)), DerivationFormatError, /UTF-8/);
      refuses(() => parseDerivation("D".repeat(3_000_000)), DerivationFormatError, /longer than/);
    });

    it("formats nothing that it would not parse", () => {
      const { derivation } = goldenDrv("lib-1.0");
      const refused = (change: Partial<Derivation>, reason: RegExp) =>
        refuses(() => formatDerivation({ ...derivation, ...change }), DerivationFormatError, reason);
      refused({ outputs: [] }, /no output/);
      refused({ outputs: derivation.outputs.toReversed() }, /unsorted/);
      refused({ env: [...derivation.env, ...derivation.env] }, /unsorted/);
      refused({ system: "a\0" }, /NUL/);
      refused({ system: 'a"b' }, /needs an escape/);
      refused({ builder: "\udc00" }, /surrogate/);
      const path = derivation.inputSrcs[0] as string;
      refused({ inputDrvs: [{ path, outputs: ["out"] }] }, /not a derivation/);
      refused({ inputDrvs: [{ path: `${path}.drv`, outputs: [] }] }, /no output of/);
    });

    it("takes time proportional to the size, even of nothing but escapes, lists or variables", () => {
      const drv = (args: string, env: string) => `Derive([("out","","","")],[],[],"","",[${args}],[${env}])`;
      const many = (count: number, item: (index: number) => string) =>
        Array.from({ length: count }, (_, i) => item(i)).join();
      const texts = [
        drv(`"${'\\"'.repeat(1_000_000)}"`, ""),
        drv(
          many(650_000, () => '""'),
          "",
        ),
        drv(
          "",
          many(115_000, (index) => `("${String(index).padStart(9, "0")}","")`),
        ),
      ];
      for (const text of texts) {
        const seconds = cpuSeconds(() => assert.equal(formatDerivation(parseDerivation(text)), text));
        assert.ok(seconds < 10, `${seconds} s`);
      }
    });
  });

  describe("check", () => {
    it("accepts every golden .drv, as the real Nix made it", () => {
      assert.ok(goldenDerivations.size > 10);
      for (const [path, { derivation }] of goldenDerivations) {
        checkDerivation(path, derivation, lookup);
        assert.equal(storePathForDerivation(derivationName(path), derivation), path);
        assert.deepEqual(referencesOfDerivation(derivation), goldenInfo[path]?.references);
      }
    });

    it("recomputes output paths regardless of what is claimed", () => {
      const { path, derivation } = goldenDrv("lib-1.0");
      const claimed = { ...derivation, outputs: derivation.outputs.map((output) => ({ ...output, path })) };
      assert.deepEqual(
        [...outputPathsOf("lib-1.0", claimed, lookup)],
        derivation.outputs.map((output) => [output.name, output.path]),
      );
    });

    it("hashes the same fixed output equally, however it is made", () => {
      const twins = [...goldenDerivations.keys()].filter((path) => derivationName(path) === "twin");
      const [first, second] = twins.map((path) => lookup(path).sha256);
      assert.equal(twins.length, 2);
      assert.deepEqual(first, second);
    });

    it("refuses a derivation that claims another's output path, name, variable or .drv path", () => {
      const lib = goldenDrv("lib-1.0");
      const top = goldenDrv("top");
      const other = lib.derivation.outputs[0]?.path as string;
      const [output] = top.derivation.outputs;
      assert.ok(output);
      const outOf = (path: string) =>
        top.derivation.env.map(([name, value]) => [name, name === "out" ? path : value] as const);
      const check = (derivation: Derivation, path = storePathForDerivation("top", derivation)) =>
        checkDerivation(path, derivation, lookup);
      const refused = (run: () => void, reason: RegExp) => refuses(run, DerivationMismatchError, reason);

      refused(() => check(top.derivation, lib.path), /belongs to/);
      refused(
        () => check(top.derivation, storePathForDerivation("bottom", top.derivation)),
        /is .*-bottom, not .*-top/,
      );
      const stolen = { ...top.derivation, outputs: [{ ...output, path: other }], env: outOf(other) };
      refused(() => check(stolen), /output "out" of .*-top.drv" is .*-top, not .*-lib-1.0/);
      refused(() => check({ ...top.derivation, env: outOf(other) }), /variable "out"/);
      refused(() => check({ ...top.derivation, env: [] }), /is .*-top, not|variable "out"/);
      refused(() => check({ ...top.derivation, builder: "/bin/false" }), /output "out"/);
      refused(() => check(top.derivation, storePathForDerivation("top.drv", top.derivation)), /look like/);
    });

    it("refuses inputs that are missing, lack the output that is used, or depend on themselves", () => {
      const { path, derivation } = goldenDrv("top");
      const missing = createDerivationHasher((drv) => (drv === path ? derivation : undefined));
      refuses(() => missing(path), DerivationFormatError, /missing/);

      const [input] = derivation.inputDrvs;
      assert.ok(input);
      const lacking = { ...derivation, inputDrvs: [{ ...input, outputs: ["nothing"] }] };
      refuses(
        () => outputPathsOf("top", lacking, lookup),
        DerivationFormatError,
        /uses the output "nothing"/,
      );

      const looping = createDerivationHasher(() => ({
        ...derivation,
        inputDrvs: [{ path, outputs: ["out"] }],
      }));
      refuses(() => looping(path), DerivationFormatError, /depends on itself/);
    });

    it("follows a chain of 20,000 derivations and a lattice of 2^200 paths", () => {
      const { derivation } = goldenDrv("lib-1.0");
      const path = (index: number) => `/nix/store/${String(index).padStart(32, "0")}-x.drv`;
      const index = (drvPath: string) => Number(drvPath.slice(11, 43));
      const chain = createDerivationHasher((drvPath) => {
        const next = path(index(drvPath) - 1);
        return { ...derivation, inputDrvs: index(drvPath) === 0 ? [] : [{ path: next, outputs: ["out"] }] };
      });
      assert.equal(chain(path(20_000)).sha256.length, 32);

      const lattice = createDerivationHasher((drvPath) => {
        const row = Math.floor(index(drvPath) / 2);
        const below = row === 0 ? [] : [path(2 * row - 2), path(2 * row - 1)];
        return { ...derivation, inputDrvs: below.map((input) => ({ path: input, outputs: ["out"] })) };
      });
      assert.equal(lattice(path(400)).sha256.length, 32);
    });
  });

  describe("type", () => {
    it("recognises the golden fixed outputs as Nix does", () => {
      for (const [, { derivation }] of goldenDerivations) {
        const type = derivationType(derivation);
        const path = derivation.outputs[0]?.path as string;
        assert.equal(type.kind === "fixed", goldenInfo[path]?.ca !== null, path);
      }
    });

    it("refuses what needs Nix's experimental features, naming it", () => {
      const reasons: Record<string, RegExp> = {
        "deferred.drv": /deferred/,
        "floating.drv": /floating content-addressed/,
        "git.drv": /"git:sha1" is not supported/,
        "impure.drv": /impure/,
        "text.drv.drv": /"text:sha256" is not supported/,
      };
      const files = readdirSync(new URL("golden/unsupported/", import.meta.url)).sort();
      assert.deepEqual(files, Object.keys(reasons));
      for (const file of files) {
        const derivation = parseDerivation(golden(`unsupported/${file}`));
        assert.deepEqual(
          new TextEncoder().encode(formatDerivation(derivation)),
          golden(`unsupported/${file}`),
        );
        refuses(() => derivationType(derivation), UnsupportedDerivationError, reasons[file] as RegExp);
      }
    });

    it("refuses invalid combinations of outputs", () => {
      const { derivation } = goldenDrv("abc-sha256");
      const [output] = derivation.outputs;
      assert.ok(output);
      const refused = (reason: RegExp, ...outputs: (typeof output)[]) =>
        refuses(() => derivationType({ ...derivation, outputs }), DerivationFormatError, reason);
      refused(/exactly one output/, { ...output, name: "dev" });
      refused(/exactly one output/, output, { ...output, name: "dev" });
      refused(/mixed kinds/, { ...output, name: "dev", hash: "", hashAlgo: "" }, output);
      refused(/hash without an algorithm/, { ...output, hashAlgo: "" });
      refused(/but no hash/, { ...output, hash: "" });
      refused(/no path/, { ...output, path: "" });
      refused(/sha256 digest/, { ...output, hash: "ab" });
      assert.throws(
        () => derivationType({ ...derivation, outputs: [{ ...output, hash: output.hash.toUpperCase() }] }),
        /lower-case/,
      );
    });
  });
});
