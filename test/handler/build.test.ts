import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, describe, it } from "mocha";
import {
  bundleOf,
  fixedFile,
  shellPackage,
  sourceFile,
  textFile,
} from "../../fuzz/generators/shellPackage.ts";
import { decodeNar, type ExportedPath } from "../../nix/index.ts";
import { encodeBuild, encodeUpload, inputsHash, splitUploads } from "../../protocol/index.ts";
import { HandlerHost } from "./support/handlerHost.ts";
import { type NixHost, startNixHost } from "./support/nixHost.ts";
import { APPLICATION, REGISTRY } from "./support/recordingDevice.ts";

const NO_BUNDLE = `0x${"00".repeat(32)}` as const;

describe("a build request", function () {
  this.timeout(120_000);
  let nix: NixHost;
  let host: HandlerHost;

  before(async () => {
    nix = await startNixHost();
    host = new HandlerHost(nix);
  });
  after(() => nix[Symbol.asyncDispose]());

  it("builds what was uploaded, and emits its hash in a voucher, in a notice and on inspect", async () => {
    const greet = shellPackage({ name: "greet", script: "echo building; echo hello > $out" });
    const answer = await host.build(greet.drvPath, greet.closure);
    assert.equal(answer.reason, undefined);
    assert.ok(answer.accepted);
    assert.equal(answer.log, "building\n");

    const nar = await narOf(greet.out);
    const node = decodeNar(nar);
    assert.equal(node.kind === "regular" && Buffer.from(node.contents).toString(), "hello\n");
    const narHash = createHash("sha256").update(nar).digest("hex");
    assert.equal(answer.vouchers[0]?.destination, REGISTRY);
    assert.deepEqual(answer.records, [
      {
        storePath: greet.out,
        drvPath: greet.drvPath,
        outputName: "out",
        narHash: `0x${narHash}`,
        narSize: BigInt(nar.length),
        inputsHash: inputsHash([]),
        references: [],
      },
    ]);
    const [statement] = answer.statements;
    assert.equal(statement._type, "https://in-toto.io/Statement/v1");
    assert.deepEqual(statement.subject, [
      {
        name: greet.out,
        mediaType: "application/x-nix-nar",
        digest: { sha256: narHash },
        annotations: { narSize: nar.length, outputName: "out", references: [] },
      },
    ]);
    const { runDetails, buildDefinition } = statement.predicate;
    assert.equal(runDetails.builder.id, `urn:cartesi:application:eip155:31337:${APPLICATION}`);
    assert.equal(runDetails.metadata.startedOn, "2023-11-14T22:13:20Z");
    assert.equal(buildDefinition.externalParameters.drvPath, greet.drvPath);
    assert.equal(
      runDetails.byproducts[0].digest.sha256,
      createHash("sha256").update("building\n").digest("hex"),
    );
  });

  it("neither rebuilds nor records again what is in the store", async () => {
    const once = shellPackage({ name: "once", script: "echo once > $out" });
    const first = await host.build(once.drvPath, once.closure);
    assert.ok(first.accepted);
    const resets = nix.resets();
    for (const bundle of [NO_BUNDLE, bundleOf(once.closure).sha256]) {
      const second = await host.advance(encodeBuild({ bundle, drvPath: once.drvPath }));
      assert.ok(second.accepted);
      assert.equal(second.vouchers.length + second.notices.length, 0);
      const [info] = second.decodedReports;
      assert.ok(info?.kind === "info" && /once\.drv was built by input \d+$/.test(info.message));
    }
    assert.equal(nix.resets(), resets);
  });

  it("builds the inputs first, and records what each derivation was built from", async () => {
    const source = sourceFile("source.txt", "from a source");
    const text = textFile("text.txt", `see ${source.path}`, [source.path]);
    const { declaration, file } = fixedFile("fetched.txt", "from the net", {
      mode: "flat",
      algorithm: "sha512",
    });
    const lower = shellPackage({
      name: "lower",
      script: `read a < ${source.path}; read b < ${file.path}; echo $a, $b > $out`,
      inputs: [declaration],
      sources: [source, text],
    });
    const upper = shellPackage({
      name: "upper",
      script: `echo ${lower.out} > $out; echo of $name`,
      inputs: [lower],
    });
    const resets = nix.resets();
    const answer = await host.build(upper.drvPath, [file, ...upper.closure]);
    assert.equal(answer.reason, undefined);
    assert.equal(nix.resets(), resets + 2, "each build starts from the same environment");
    const [first, second, ...others] = answer.records;
    assert.equal(others.length, 0);
    assert.equal(first?.storePath, lower.out);
    assert.equal(second?.storePath, upper.out);
    assert.deepEqual(second?.references, [lower.out]);
    const lowerInputs = [source, text, file].map(({ path, nar }) => ({ path, narHash: hexOf(nar) }));
    assert.equal(first?.inputsHash, inputsHash(lowerInputs));
    assert.equal(second?.inputsHash, inputsHash([{ path: lower.out, narHash: first!.narHash }]));
    assert.deepEqual(
      answer.statements.map((statement) => statement.predicate.buildDefinition.externalParameters.drvPath),
      [lower.drvPath, upper.drvPath],
    );
    assert.deepEqual(
      answer.statements[0].predicate.buildDefinition.resolvedDependencies.map(
        (item: { name: string }) => item.name,
      ),
      lowerInputs.map(({ path }) => path).sort(),
    );
  });

  it("records every output", async () => {
    const two = shellPackage({
      name: "two",
      outputs: ["out", "doc"],
      script: "echo out > $out; echo doc > $doc",
    });
    const answer = await host.build(two.drvPath, two.closure);
    assert.deepEqual(
      answer.records.map(({ outputName }) => outputName),
      ["doc", "out"],
    );
    assert.equal(answer.notices.length, 1);
  });

  it("accepts a closure in two bundles", async () => {
    const base = shellPackage({ name: "base", script: "echo base > $out" });
    const top = shellPackage({ name: "top", script: `read x < ${base.out}; echo $x > $out`, inputs: [base] });
    await host.build(base.drvPath, base.closure);
    const rest = top.closure.filter(({ path }) => path !== base.drvPath);
    const answer = await host.build(top.drvPath, rest);
    assert.equal(answer.reason, undefined);
    assert.deepEqual(
      answer.records.map(({ storePath }) => storePath),
      [top.out],
    );
  });

  it("is rejected when the derivation fails, with its log and Nix's reason", async () => {
    const broken = shellPackage({ name: "broken", script: "echo this goes wrong; exit 7" });
    const answer = await host.build(broken.drvPath, broken.closure);
    assert.ok(!answer.accepted);
    assert.match(answer.reason ?? "", /broken\.drv' failed with exit code 7$/);
    assert.equal(answer.log, "this goes wrong\n");
    assert.equal(answer.vouchers.length + answer.notices.length, 0);
  });

  it("is rejected when a fixed output is missing", async () => {
    const { declaration, file } = fixedFile("absent", "never supplied", {
      mode: "flat",
      algorithm: "sha256",
    });
    const needy = shellPackage({ name: "needy", script: "echo > $out", inputs: [declaration] });
    const answer = await host.build(needy.drvPath, needy.closure);
    assert.ok(!answer.accepted);
    assert.ok(
      answer.reason?.includes(`the fixed output ${file.path} of ${declaration.drvPath} is missing`),
      answer.reason,
    );
  });

  it("is rejected when the derivation is for another system or absent", async () => {
    const foreign = shellPackage({ name: "foreign", script: "echo > $out", system: "aarch64-linux" });
    const answer = await host.build(foreign.drvPath, foreign.closure);
    assert.match(
      answer.reason ?? "",
      /is for the system aarch64-linux, but this machine builds for x86_64-linux$/,
    );
    const absent = shellPackage({ name: "absent", script: "echo > $out" });
    const nothing = await host.advance(encodeBuild({ bundle: NO_BUNDLE, drvPath: absent.drvPath }));
    assert.match(
      nothing.reason ?? "",
      /absent\.drv is neither in the bundle nor in the store: add it to the bundle$/,
    );
    const nonsense = await host.advance(encodeBuild({ bundle: NO_BUNDLE, drvPath: "/etc/passwd" }));
    assert.match(nonsense.reason ?? "", /neither in the bundle nor in the store: add it to the bundle$/);
  });

  it("is rejected when its bundle is incomplete, with the number of missing chunks", async () => {
    const late = shellPackage({ name: "late", script: `echo > $out # ${"x".repeat(200_000)}` });
    const { blob } = bundleOf([...late.closure, sourceFile("noise", createNoise(100_000))]);
    const { sha256, uploads } = splitUploads(blob);
    assert.ok(uploads.length > 1);
    const none = await host.advance(encodeBuild({ bundle: sha256, drvPath: late.drvPath }));
    assert.match(none.reason ?? "", /the bundle .* was not uploaded: upload it first$/);
    for (const upload of uploads.slice(1)) {
      await host.advance(encodeUpload(upload));
    }
    const partly = await host.advance(encodeBuild({ bundle: sha256, drvPath: late.drvPath }));
    assert.match(partly.reason ?? "", /1 chunks of the bundle .* are still missing: upload them first$/);
  });

  it("is rejected in one line when Nix refuses it", async () => {
    const { drvPath, closure } = shellPackage({
      name: "picky",
      script: "echo > $out",
      env: { exportReferencesGraph: "one two three" },
    });
    const answer = await host.build(drvPath, closure);
    assert.ok(!answer.accepted);
    assert.match(answer.reason ?? "", /odd number of tokens in 'exportReferencesGraph'/);
    assert.doesNotMatch(answer.reason ?? "", /\n/);
  });

  it("adds nothing to the store from a bundle with one forged path", async () => {
    const { declaration, file } = fixedFile("honest.txt", "agreed", { mode: "flat", algorithm: "sha256" });
    const source = sourceFile("honest", "source");
    const user = shellPackage({
      name: "user",
      script: "echo > $out",
      inputs: [declaration],
      sources: [source],
    });
    const other = (contents: string) => sourceFile("other", contents).nar;
    const lies: ExportedPath[][] = [
      [{ ...file, nar: other("not agreed") }, ...user.closure],
      [file, { ...source, nar: other("evil") }, ...user.closure.filter(({ path }) => path !== source.path)],
      [file, ...user.closure, { ...sourceFile("third", "x"), references: [source.path] }],
      [file, ...user.closure, { ...file, path: user.out }],
    ];
    const before = await allPaths();
    for (const closure of lies) {
      const answer = await host.build(user.drvPath, closure);
      assert.match(answer.reason ?? "", /^bundle: /);
      assert.equal(answer.vouchers.length, 0);
    }
    assert.deepEqual(await allPaths(), before);
    assert.equal((await host.build(user.drvPath, [file, ...user.closure])).reason, undefined);
  });

  async function allPaths(): Promise<string[]> {
    const session = await nix.environment.openSession();
    try {
      return (await session.queryAllValidPaths()).sort();
    } finally {
      session.close();
    }
  }

  async function narOf(path: string): Promise<Uint8Array> {
    const { accepted, reports } = await host.inspect({ kind: "nar", path });
    assert.ok(accepted);
    return Buffer.concat(reports);
  }
});

function hexOf(nar: Uint8Array): `0x${string}` {
  return `0x${createHash("sha256").update(nar).digest("hex")}`;
}

function createNoise(length: number): Uint8Array {
  const noise = new Uint8Array(length);
  let seed = 1;
  return noise.map(() => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed;
  });
}
