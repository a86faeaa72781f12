import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { after, before, describe, it } from "mocha";
import { type Package, shellPackage } from "../../fuzz/generators/shellPackage.ts";
import { HandlerHost } from "./support/handlerHost.ts";
import { type NixHost, startNixHost } from "./support/nixHost.ts";

describe("inspect", function () {
  this.timeout(120_000);
  const absent = `/nix/store/${"0".repeat(32)}-absent`;
  let nix: NixHost;
  let host: HandlerHost;
  let large: Package;

  before(async () => {
    nix = await startNixHost();
    host = new HandlerHost(nix);
    const megabytes =
      "i=0; x=0123456789abcdef; while [ $i -lt 16 ]; do x=$x$x; i=$((i+1)); done; echo $x > $out";
    large = shellPackage({ name: "large", script: `echo 'a "quoted" line'; ${megabytes}` });
    const answer = await host.build(large.drvPath, large.closure);
    assert.equal(answer.reason, undefined);
  });
  after(() => nix[Symbol.asyncDispose]());

  it("reports which paths are missing", async () => {
    const answer = await host.inspect({ kind: "missing", paths: [absent, large.out, large.drvPath] });
    assert.deepEqual(answer.decodedReports, [{ kind: "missing", paths: [absent] }]);
  });

  it("returns a NAR in pieces, with the hash that was recorded", async () => {
    const answer = await host.inspect({ kind: "nar", path: large.out });
    assert.ok(answer.reports.length > 1);
    assert.ok(answer.reports.every((report) => report.length <= 2 * 1024 * 1024));
    const nar = Buffer.concat(answer.reports);
    const build = await host.inspect({ kind: "build", drvPath: large.drvPath });
    const narHash = createHash("sha256").update(nar).digest("hex");
    assert.deepEqual(build.decodedReports, [
      {
        kind: "build",
        drvPath: large.drvPath,
        inputIndex: 1,
        outputs: [{ name: "out", path: large.out, narHash, narSize: nar.length }],
      },
    ]);
  });

  it("returns a build's log", async () => {
    const answer = await host.inspect({ kind: "log", drvPath: large.drvPath });
    assert.equal(answer.log, 'a "quoted" line\n');
  });

  it("counts paths, derivations and uploads", async () => {
    const answer = await host.inspect({ kind: "stats" });
    assert.deepEqual(answer.decodedReports, [{ kind: "stats", paths: 2, derivations: 1, uploads: 0 }]);
  });

  it("rejects queries for unknown paths", async () => {
    const drvPath = `${absent}.drv`;
    for (const query of [
      { kind: "nar", path: absent },
      { kind: "log", drvPath },
      { kind: "build", drvPath },
    ] as const) {
      const answer = await host.inspect(query);
      assert.ok(!answer.accepted);
      assert.match(answer.reason ?? "", new RegExp(`^${query.kind}: .*absent`));
    }
  });

  it("rejects any other bytes in one line, and changes nothing", async () => {
    const before = await host.inspect({ kind: "stats" });
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `nar/${text}`),
        ),
        async (query) => {
          const answer = await host.inspect(query);
          assert.equal(answer.accepted, query === "stats" || query === "missing");
          assert.doesNotMatch(answer.reason ?? "", /\n/);
        },
      ),
    );
    assert.deepEqual((await host.inspect({ kind: "stats" })).decodedReports, before.decodedReports);
  });
});
