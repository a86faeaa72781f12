import assert from "node:assert/strict";
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import fc from "fast-check";
import { after, before, describe, it } from "mocha";
import { openNix, type RealNix } from "../../fuzz/openNix.ts";
import {
  checkContentAddressed,
  checkDerivation,
  createDerivationHasher,
  type Derivation,
  type DerivationHashLookup,
  decodeExport,
  derivationName,
  encodeExport,
  encodeNar,
  formatDerivation,
  narFileContents,
  parseDerivation,
  referencesOfDerivation,
  storePathForDerivation,
  storePathForFixedOutput,
} from "../../nix/index.ts";
import { changedDerivation } from "./support/changedDerivation.ts";
import { derivationGraph } from "./support/derivationGraph.ts";
import { fuzzRuns } from "./support/fuzzRuns.ts";
import { file } from "./support/nodes.ts";
import { acceptedBy } from "./support/refuses.ts";

describe("nix: derivations against the real Nix", () => {
  const derivations = new Map<string, Derivation>();
  const lookup: DerivationHashLookup = createDerivationHasher((path) => derivations.get(path));
  let nix: RealNix;

  before(async function () {
    this.timeout(600_000);
    nix = await openNix();
    const [graph] = fc.sample(derivationGraph(60), 1);
    await copyFile(new URL("support/graph.nix", import.meta.url), `${nix.folder}/graph.nix`);
    await writeFile(`${nix.folder}/graph.json`, JSON.stringify(graph));
    const stream = await nix.run(`
      paths=($(nix-instantiate graph.nix))
      closure=$(nix-store -qR "\${paths[@]%%!*}")
      nix-store --export $closure`);
    for (const exported of decodeExport(stream)) {
      assert.equal(checkContentAddressed(exported).kind, "text");
      const text = new TextDecoder().decode(narFileContents(exported.nar));
      derivations.set(exported.path, parseDerivation(text));
      assert.equal(formatDerivation(derivations.get(exported.path) as Derivation), text);
    }
  });
  after(() => nix?.close());

  it("accepts any graph of derivations that Nix instantiates", () => {
    assert.ok(derivations.size > 30);
    for (const [path, derivation] of derivations) {
      checkDerivation(path, derivation, lookup);
    }
  });

  /** The given `.drv` files that Nix registers and would write identically. */
  async function canonicalToNix(drvs: ReadonlyMap<string, Derivation>): Promise<Set<string>> {
    await mkdir(`${nix.folder}/changed`);
    for (const [path, derivation] of drvs) {
      const references = referencesOfDerivation(derivation);
      const nar = encodeNar(file(formatDerivation(derivation)));
      const stream = encodeExport([{ path, nar, references, deriver: undefined }]);
      await writeFile(`${nix.folder}/changed/${basename(path)}`, stream);
    }
    const registered = await nix.run(
      "for drv in changed/*; do nix-store --import < $drv 2> $drv.log || true; done",
    );
    const shown = await nix.run(`nix derivation show ${lines(registered).map(quoted).join(" ")}`);
    const json = Object.entries(JSON.parse(new TextDecoder().decode(shown)));
    assert.deepEqual(json.map(([path]) => path).sort(), lines(registered).sort());
    await mkdir(`${nix.folder}/shown`);
    for (const [path, content] of json) {
      await writeFile(`${nix.folder}/shown/${basename(path)}`, JSON.stringify(content));
    }
    const added = await nix.run("for drv in shown/*; do nix derivation add < $drv; done");
    return new Set(lines(added).filter((path) => drvs.has(path)));
  }

  it("accepts exactly those changed derivations that Nix registers and would write identically", async function () {
    this.timeout(600_000);
    const known = [...derivations].map(([path, derivation]) => ({ name: derivationName(path), derivation }));
    const cases = new Map(
      fc
        .sample(changedDerivation(known, lookup), fuzzRuns(40))
        .map(({ name, derivation }) => [storePathForDerivation(name, derivation), derivation]),
    );
    const acceptedByNix = await canonicalToNix(cases);
    for (const [path, derivation] of cases) {
      const acceptedByUs = acceptedBy(() => checkDerivation(path, derivation, lookup) ?? true) ?? false;
      if (acceptedByUs !== acceptedByNix.has(path)) {
        const log = await readFile(`${nix.folder}/changed/${basename(path)}.log`, "utf8");
        assert.fail(`${acceptedByUs ? "we" : "Nix"} alone accepted ${path}, Nix printed: ${log}`);
      }
    }
    assert.ok(
      acceptedByNix.size > 0 && acceptedByNix.size < cases.size,
      `Nix accepted ${acceptedByNix.size}`,
    );
  });

  it("accepts exactly the store path names that Nix accepts", async function () {
    this.timeout(600_000);
    const character = fc.constantFrom(..."aZ09+-._?=~ /:*\\é");
    const name = fc.string({ unit: character, minLength: 1, maxLength: 6 }).filter((text) => text[0] !== "-");
    const names = fc.sample(name, fuzzRuns(30));
    for (const length of [210, 211, 212]) {
      names.push("a".repeat(length));
    }
    await writeFile(`${nix.folder}/names`, names.map((name) => `${name}\n`).join(""));
    const output = await nix.run(`
      while IFS= read -r name; do
        nix-store --print-fixed-path md5 00000000000000000000000000000000 "$name" || echo
      done < names`);
    const printed = new TextDecoder().decode(output).split("\n");
    const digest = new Uint8Array(16);
    for (const [index, name] of names.entries()) {
      const path = acceptedBy(() =>
        storePathForFixedOutput({ name, mode: "flat", algorithm: "md5", digest }),
      );
      assert.equal(path ?? "", printed[index], name);
    }
  });
});

function lines(output: Uint8Array): string[] {
  return new TextDecoder().decode(output).split("\n").filter(Boolean);
}

function quoted(word: string): string {
  return `'${word}'`;
}
