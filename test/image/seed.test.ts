import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { after, before, describe, it } from "mocha";
import {
  CARTENIX_EXPRESSIONS,
  type Evaluator,
  openEvaluator,
  SEED_ATTRIBUTES,
} from "../../machine/evaluator/index.ts";
import { hashOfBusybox } from "../../machine/image/seed/pinBusybox.ts";
import { writeSeedJob } from "../../machine/image/seed/writeSeedJob.ts";
import { LOCKS, readLock, SEED_LOCKS } from "../../machine/packages/index.ts";
import {
  checkContentAddressed,
  checkDerivation,
  createDerivationHasher,
  type Derivation,
  decodeExport,
  derivationType,
  formatSha256Sri,
  parseStorePath,
  storePathForFixedOutput,
} from "../../nix/index.ts";
import { silentProgress } from "../../support/index.ts";

const repository = fileURLToPath(new URL("../../", import.meta.url));
const seedFile = join(repository, "machine/evaluator/cartenix/default.nix");
const examples = ["greet", "hello", "trivial", "failing"];

describe("the seed", function () {
  this.timeout(300_000);
  let evaluator: Evaluator;
  let folder: string;
  const roots = new Map<string, string>();
  const derivations = new Map<string, Derivation>();
  let closure: string[];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "cartenix-seed-"));
    evaluator = await openEvaluator({ progress: silentProgress });
    for (const attribute of SEED_ATTRIBUTES) {
      roots.set(attribute, await evaluator.instantiate(seedFile, attribute));
    }
    for (const name of examples) {
      roots.set(name, await evaluator.instantiate(join(repository, "examples", name, "default.nix")));
    }
    closure = await evaluator.closureOf([...roots.values()]);
    for (const drvPath of closure.filter((path) => path.endsWith(".drv"))) {
      derivations.set(drvPath, await evaluator.readDerivation(drvPath));
    }
  });
  after(() => rm(folder, { recursive: true }));

  it("consists of derivations and sources whose names follow from their content", async () => {
    for (const exported of decodeExport(await evaluator.exportPaths(closure))) {
      const { kind } = checkContentAddressed(exported);
      assert.equal(kind, exported.path.endsWith(".drv") ? "text" : "source", exported.path);
    }
    const hasher = createDerivationHasher((path) => derivations.get(path));
    for (const [drvPath, derivation] of derivations) {
      checkDerivation(drvPath, derivation, hasher);
    }
  });

  it("uses nothing but pinned fixed outputs and files of this repository", async () => {
    const pins = await Promise.all(SEED_LOCKS.map(readLock));
    const pinned = new Set(pins.flatMap(({ files }) => files.map(({ sha256 }) => sha256)));
    const outputs = new Set(
      [...derivations.values()].flatMap((derivation) => derivation.outputs.map(({ path }) => path)),
    );
    const ours = new Set<string>();
    for (const room of ["machine/evaluator/cartenix", ...examples.map((name) => `examples/${name}`)]) {
      for (const name of await readdir(join(repository, room))) {
        ours.add(name);
      }
    }
    for (const [drvPath, derivation] of derivations) {
      for (const source of derivation.inputSrcs) {
        assert.ok(ours.has(parseStorePath(source).name), source);
      }
      const type = derivationType(derivation);
      if (type.kind === "fixed" && type.output.mode === "flat") {
        assert.ok(pinned.has(Buffer.from(type.output.digest).toString("hex")), drvPath);
        assert.equal(derivation.builder, "builtin:fetchurl");
        assert.deepEqual(derivation.inputDrvs, []);
      } else if (type.kind === "fixed") {
        assert.equal(drvPath, roots.get("busybox"));
      } else {
        assert.equal(derivation.system, "riscv64-linux");
        const [, store, directory, ...rest] = derivation.builder.split("/");
        assert.ok(
          outputs.has(`/${store}/${directory}/${rest[0]}`),
          `${drvPath} is built by ${derivation.builder}`,
        );
      }
    }
  });

  it("has every pinned file at the path that Nix derives from its sha256", async () => {
    const { files } = await readLock("seed");
    const paths = new Set([...derivations.values()].map((derivation) => derivation.outputs[0]?.path));
    for (const { path, sha256 } of files) {
      const name = basename(path).replace(/[~%:]/g, "_");
      const digest = new Uint8Array(Buffer.from(sha256, "hex"));
      const expected = storePathForFixedOutput({ name, mode: "flat", algorithm: "sha256", digest });
      assert.ok(paths.has(expected), `${path} is not used`);
    }
  });

  it("names no host, so that its files can come from any mirror", () => {
    for (const [drvPath, { env }] of derivations) {
      for (const [name, value] of env.filter(([key]) => /url/i.test(key))) {
        assert.match(value, /^mirror:\/\/debian\/pool\//, `${name} of ${drvPath}`);
      }
    }
  });

  it("pins the hash of the busybox in the locked package", async () => {
    const pin = JSON.parse(await readFile(new URL("busybox.json", LOCKS), "utf8")) as { narHash: string };
    assert.equal(pin.narHash, await hashOfBusybox(await readLock("seed"), silentProgress));
    const type = derivationType(derivations.get(roots.get("busybox")!)!);
    assert.ok(type.kind === "fixed");
    assert.equal(formatSha256Sri(type.output.digest), pin.narHash);
  });

  it("evaluates to the same derivations again, also when an expression imports <cartenix>", async () => {
    assert.equal(await evaluator.instantiate(seedFile, "tcc"), roots.get("tcc"));
    const file = join(folder, "imports.nix");
    await writeFile(file, "(import <cartenix>).toolchain");
    assert.equal(await evaluator.instantiate(file), roots.get("toolchain"));
  });

  it("consists of all derivations among the attributes of <cartenix>", async () => {
    const file = join(folder, "attributes.nix");
    await writeFile(
      file,
      `let
          cartenix = import <cartenix>;
          isDerivation = name: cartenix.\${name}.type or null == "derivation";
          names = builtins.filter isDerivation (builtins.attrNames cartenix);
        in
        derivation {
          name = builtins.concatStringsSep "+" names;
          system = "builtin";
          builder = "none";
        }`,
    );
    const { name } = parseStorePath(await evaluator.instantiate(file));
    assert.deepEqual(name.replace(/\.drv$/, "").split("+"), SEED_ATTRIBUTES.toSorted());
  });

  it("is made from the locks that pins.nix reads", async () => {
    const pins = await readFile(join(CARTENIX_EXPRESSIONS, "pins.nix"), "utf8");
    const read = [...pins.matchAll(/packages\/lock\/([a-z0-9-]+)\.json/g)].map(([, name]) => name);
    assert.deepEqual(read.toSorted(), SEED_LOCKS.toSorted());
  });

  it("fills the folder of its job drive with the same bytes each time", async () => {
    const [one, other] = [join(folder, "one"), join(folder, "other")];
    for (const place of [one, other]) {
      await mkdir(place);
      await writeSeedJob(place, silentProgress);
    }
    const names = (await readdir(one, { recursive: true })).toSorted();
    assert.deepEqual((await readdir(other, { recursive: true })).toSorted(), names);
    for (const name of names.filter((entry) => entry !== "supplied")) {
      assert.ok((await readFile(join(one, name))).equals(await readFile(join(other, name))), name);
    }
    assert.equal((await stat(join(one, "start"))).mode & 0o777, 0o755);
    const { files } = await readLock("seed");
    assert.equal((await readdir(join(one, "supplied"))).length, files.length + 1);
  });
});
