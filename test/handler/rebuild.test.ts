import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { after, before, describe, it } from "mocha";
import { fixedFile, type Package, shellPackage } from "../../fuzz/generators/shellPackage.ts";
import { createCheckedDerivation } from "../../machine/handler/derivations/checkedDerivation.ts";
import { encodeRebuild } from "../../protocol/index.ts";
import { HandlerHost } from "./support/handlerHost.ts";
import { type NixHost, startNixHost } from "./support/nixHost.ts";

/** Has a new value at each read. */
const UUID = "/proc/sys/kernel/random/uuid";

describe("rebuilds", function () {
  this.timeout(120_000);
  let nix: NixHost;
  let host: HandlerHost;
  const rebuild = ({ drvPath }: Package) => host.advance(encodeRebuild({ drvPath }));
  const leftovers = () => readdirSync(nix.environment.storeFolder).filter((name) => /check/.test(name));

  before(async () => {
    nix = await startNixHost();
    host = new HandlerHost(nix);
  });
  after(() => nix[Symbol.asyncDispose]());

  it("record and state the outputs again when they are the same", async () => {
    const base = shellPackage({ name: "base", script: "echo base > $out" });
    const steady = shellPackage({
      name: "steady",
      inputs: [base],
      outputs: ["out", "doc"],
      script: `echo working; echo ${base.out} > $out; echo $out > $doc`,
    });
    const first = await host.build(steady.drvPath, steady.closure);
    assert.equal(first.reason, undefined);
    const resets = nix.resets();
    const again = await rebuild(steady);
    assert.equal(again.reason, undefined);
    assert.ok(nix.resets() > resets);
    const ofSteady = ({ drvPath }: { drvPath: string }) => drvPath === steady.drvPath;
    assert.deepEqual(again.records, first.records.filter(ofSteady));
    assert.equal(again.records.length, 2);
    assert.deepEqual(again.statements[0].subject, first.statements[1].subject);
    assert.equal(again.statements.length, 1);
    assert.equal(again.log, "working\n");
    assert.match(lastInfo(again.decodedReports), /steady\.drv was rebuilt: the outputs are the same$/);
    assert.deepEqual(leftovers(), []);
  });

  it("record an output that differs, report where, and keep the first one", async () => {
    const base = shellPackage({ name: "source", script: "echo base > $out" });
    const random = shellPackage({
      name: "random",
      inputs: [base],
      script: `read id < ${UUID}; /bin/mkdir $out; cd $out; echo $id > id; echo ${base.out} $out > same
        echo > $id; echo said $id`,
    });
    const first = await host.build(random.drvPath, random.closure);
    assert.equal(first.reason, undefined);
    const recorded = first.records.at(-1)!;
    const again = await rebuild(random);
    assert.equal(again.reason, undefined);
    const [other, ...more] = again.records;
    assert.equal(more.length, 0);
    assert.notEqual(other!.narHash, recorded.narHash);
    const { narHash, ...rest } = recorded;
    assert.deepEqual({ ...other, narHash }, { ...rest, narHash });
    assert.deepEqual(other!.references, [base.out, random.out].sort());
    assert.equal(again.notices.length, 0);
    const [said = "", title, atFirst, now, ...places] = again.log.trimEnd().split("\n");
    assert.match(said, /^said /);
    assert.equal(title, `rebuilt, the output out differs: ${random.out}`);
    assert.equal(atFirst, `  first: sha256:${recorded.narHash.slice(2)}, ${recorded.narSize} bytes`);
    assert.equal(now, `  now: sha256:${other!.narHash.slice(2)}, ${other!.narSize} bytes`);
    assert.equal(places.length, 3);
    assert.ok(places.some((place) => /^ {2}"id" differs from byte \d+$/.test(place)));
    assert.ok(places.includes(`  "${said.slice("said ".length)}" is new`));
    assert.match(lastInfo(again.decodedReports), /its output .*-random differs$/);
    assert.deepEqual(leftovers(), []);
    const kept = await host.inspect({ kind: "nar", path: random.out });
    const hash = createHash("sha256").update(Buffer.concat(kept.reports)).digest("hex");
    assert.equal(`0x${hash}`, recorded.narHash);
  });

  it("record only the output that differs", async () => {
    const half = shellPackage({
      name: "half",
      outputs: ["out", "doc"],
      script: `read id < ${UUID}; echo same > $doc; echo $id > $out`,
    });
    await host.build(half.drvPath, half.closure);
    const again = await rebuild(half);
    assert.deepEqual(
      again.records.map(({ outputName }) => outputName),
      ["out"],
    );
    assert.match(again.log, /the output itself differs from byte \d+\n$/);
  });

  it("are rejected when the build fails the second time, with its log", async () => {
    const script = `if [ -e /nix/second ]; then echo no more; exit 3; fi; echo > /nix/second; echo > $out`;
    const once = shellPackage({ name: "once", script });
    assert.ok((await host.build(once.drvPath, once.closure)).accepted);
    const again = await rebuild(once);
    assert.match(again.reason ?? "", /once\.drv' failed with exit code 3$/);
    assert.equal(again.log, "no more\n");
    assert.equal(again.vouchers.length, 0);
  });

  it("are rejected for what no input built", async () => {
    const unknown = shellPackage({ name: "unknown", script: "echo > $out" });
    const { declaration, file } = fixedFile("fixed", "content", { mode: "flat", algorithm: "sha256" });
    const broken = shellPackage({ name: "user", script: "echo > $out", inputs: [declaration] });
    await host.build(broken.drvPath, [file, ...broken.closure]);
    const below = shellPackage({ name: "below", script: "echo > $out" });
    const above = shellPackage({ name: "above", script: "echo > $out", inputs: [below] });
    await host.build(below.drvPath, above.closure);
    const template = shellPackage({ name: "template", script: "echo > $out" });
    const { inventory } = host.state;
    inventory.addDerivation(template.drvPath, createCheckedDerivation(template.derivation, template.hash));
    inventory.addPath(template.out, { narHash: "", narSize: 0, references: [] });
    const cases: [Package, RegExp][] = [
      [unknown, /^rebuild: the derivation .*unknown\.drv is not in the store: build it first$/],
      [declaration, /^rebuild: .*fixed\.drv has a fixed output/],
      [above, /^rebuild: the output .*-above is not in the store: build .*above\.drv first$/],
      [template, /^rebuild: the output .*-template came with the template/],
    ];
    for (const [request, reason] of cases) {
      assert.match((await rebuild(request)).reason ?? "", reason);
    }
  });
});

function lastInfo(reports: readonly { kind: string; message?: string }[]): string {
  return reports.findLast(({ kind }) => kind === "info")?.message ?? "";
}
