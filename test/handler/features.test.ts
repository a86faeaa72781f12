import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "mocha";
import {
  type Package,
  type PackageInit,
  shellPackage,
  textFile,
} from "../../fuzz/generators/shellPackage.ts";
import { SYSTEM_FEATURES } from "../../machine/handler/derivations/findUnsupportedFeature.ts";
import { MAX_OUTPUTS } from "../../machine/handler/limits.ts";
import { decodeNar } from "../../nix/index.ts";
import { type Answer, HandlerHost } from "./support/handlerHost.ts";
import { type NixHost, startNixHost } from "./support/nixHost.ts";

const NIX_CONF = new URL("../../machine/image/rootfs/overlay/etc/nix/nix.conf", import.meta.url);

describe("the options of a derivation", function () {
  this.timeout(120_000);
  let nix: NixHost;
  let host: HandlerHost;
  const base = shellPackage({ name: "base", script: "echo base > $out" });

  before(async () => {
    nix = await startNixHost();
    host = new HandlerHost(nix);
    assert.equal((await host.build(base.drvPath, base.closure)).reason, undefined);
  });
  after(() => nix[Symbol.asyncDispose]());

  const build = (one: Package): Promise<Answer> => host.build(one.drvPath, one.closure);

  async function buildsTo(init: PackageInit, contents: string | RegExp): Promise<void> {
    const one = shellPackage(init);
    assert.equal((await build(one)).reason, undefined);
    const { reports } = await host.inspect({ kind: "nar", path: one.out });
    const node = decodeNar(Buffer.concat(reports));
    const text = node.kind === "regular" ? Buffer.from(node.contents).toString() : "";
    if (typeof contents === "string") {
      assert.equal(text, contents);
    } else {
      assert.match(text, contents);
    }
  }

  async function refuses(init: Omit<PackageInit, "name" | "script">, reason: RegExp): Promise<void> {
    const resets = nix.resets();
    const { reason: actual = "" } = await build(
      shellPackage({ name: "asks", script: "echo > $out", ...init }),
    );
    assert.match(actual, reason);
    assert.doesNotMatch(actual, /\n/);
    assert.equal(nix.resets(), resets, "nothing is built");
  }

  /** Asserts that Nix itself fails the build, after the builder. */
  async function fails(init: PackageInit, reason: RegExp): Promise<void> {
    assert.match((await build(shellPackage(init))).reason ?? "", reason);
  }

  /** With structured attributes only the JSON tells a builder where its outputs are. */
  const structured = (attributes: object, script = "echo > $out") => ({
    name: "structured",
    script: `read json < $NIX_ATTRS_JSON_FILE; out=\${json#*'"out":"'}; out=\${out%%'"'*}; ${script}`,
    env: { __json: JSON.stringify({ name: "structured", ...attributes }) },
  });

  it("include the machine's system features", () => {
    const [, features] = /^system-features = (.*)$/m.exec(readFileSync(NIX_CONF, "utf8")) ?? [];
    assert.deepEqual(features?.split(" "), SYSTEM_FEATURES);
  });

  it("include passAsFile", () =>
    buildsTo(
      {
        name: "pass-as-file",
        script: "read first < $textPath; echo $first. $text > $out",
        env: { text: "much text", passAsFile: "text" },
      },
      "much text.\n",
    ));

  it("include allowedReferences, allowedRequisites and their opposites", async () => {
    const name = "refers";
    const inputs = [base];
    const script = `echo ${base.out} > $out`;
    await buildsTo({ name, inputs, script, env: { allowedReferences: base.out } }, `${base.out}\n`);
    await buildsTo({ name, inputs, script, env: { allowedRequisites: base.out } }, `${base.out}\n`);
    await buildsTo({ name, inputs, script: "echo > $out", env: { disallowedReferences: base.out } }, "\n");
    const reason = /is not allowed to refer to the following paths/;
    await fails({ name, inputs, script, env: { allowedReferences: "" } }, reason);
    await fails({ name, inputs, script, env: { allowedRequisites: "" } }, reason);
    await fails({ name, inputs, script, env: { disallowedReferences: base.out } }, reason);
    await fails({ name, inputs, script, env: { disallowedRequisites: base.out } }, reason);
  });

  it("include structured attributes, with outputChecks and unsafeDiscardReferences", async () => {
    await buildsTo(structured({ list: [1, "two"] }, "echo $json > $out"), /"list":\[1,"two"\]/);
    const refers = { inputs: [base] };
    const script = `echo ${base.out} > $out`;
    const checked = structured({ outputChecks: { out: { disallowedReferences: [base.out] } } }, script);
    await fails({ ...checked, ...refers }, /is not allowed to refer to the following paths/);
    await fails(
      structured({ outputChecks: { out: { maxSize: 10 } } }),
      /too large at \d+ bytes; limit is 10 bytes/,
    );
    const discarded = shellPackage({
      ...structured({ unsafeDiscardReferences: { out: true } }, script),
      ...refers,
    });
    assert.deepEqual((await build(discarded)).records[0]?.references, []);
    await refuses(
      { env: { __json: "{" } },
      /asks\.drv has structured attributes that are not a JSON object$/,
    );
    await refuses({ env: { __json: "[]" } }, /that are not a JSON object$/);
  });

  it("include exportReferencesGraph as a variable, but not in structured attributes", async () => {
    const text = textFile("text", `see ${base.out}`, [base.out]);
    await buildsTo(
      {
        name: "graph",
        inputs: [base],
        sources: [text],
        script: "while read line; do echo $line; done < graph > $out",
        env: { exportReferencesGraph: `graph ${text.path}` },
      },
      [base.out, "", "0", text.path, "", "1", base.out, ""].join("\n"),
    );
    await refuses(
      structured({ exportReferencesGraph: { graph: [base.out] } }),
      /asks for exportReferencesGraph/,
    );
  });

  it("include the requiredSystemFeatures that the machine has", async () => {
    const all = SYSTEM_FEATURES.join(" ");
    await buildsTo(
      { name: "features", script: "echo yes > $out", env: { requiredSystemFeatures: all } },
      "yes\n",
    );
    for (const feature of ["recursive-nix", "uid-range", "kvm", "ca-derivations"]) {
      const reason = new RegExp(
        `asks\\.drv needs the system features ${feature}, but this machine has only benchmark, `,
      );
      await refuses({ env: { requiredSystemFeatures: `big-parallel\n ${feature}` } }, reason);
      const { env } = structured({ requiredSystemFeatures: ["big-parallel", feature] });
      await refuses({ env }, reason);
    }
    const { env } = structured({ requiredSystemFeatures: "kvm" });
    await refuses(
      { env },
      /has the structured attribute requiredSystemFeatures, which is not a list of strings$/,
    );
  });

  it("are ignored when they are for other hosts, as by Nix on Linux", () =>
    buildsTo(
      {
        name: "ignored",
        script: "echo $PATH, $HOME, $HTTPS_PROXY > $out",
        env: {
          preferLocalBuild: "1",
          allowSubstitutes: "",
          impureEnvVars: "HTTPS_PROXY PATH HOME",
          __sandboxProfile: "(allow default)",
          __darwinAllowLocalNetworking: "1",
          __impureHostDeps: "",
          __noChroot: "0",
          __impure: "1",
          __contentAddressed: "1",
        },
      },
      "/path-not-set, /homeless-shelter,\n",
    ));

  it("are refused when they would escape the sandbox", async () => {
    await refuses({ env: { __noChroot: "1" } }, /asks\.drv asks for __noChroot, but/);
    await refuses({ env: structured({ __noChroot: true }).env }, /asks for __noChroot, but/);
    await refuses({ env: { __impureHostDeps: "/bin/sh /usr/lib" } }, /asks for __impureHostDeps, but/);
    await refuses({ env: structured({ __impureHostDeps: ["/dev"] }).env }, /asks for __impureHostDeps, but/);
  });

  it("do not include Nix's builtin builders", async () => {
    for (const name of ["fetchurl", "unpack-channel", "buildenv", "none"]) {
      const builder = `builtin:${name}`;
      await refuses(
        { builder, env: { url: "file:///etc/passwd" } },
        new RegExp(`has the builder ${builder}`),
      );
    }
    await refuses(
      { builder: "builtin:fetchurl", system: "builtin" },
      /asks\.drv is for the system builtin, but/,
    );
  });

  it("do not include more outputs than fit in one voucher", async () => {
    const outputs = Array.from({ length: MAX_OUTPUTS + 1 }, (_, index) => `out${index}`);
    await refuses({ outputs }, /asks\.drv has 65 outputs, more than the limit of 64$/);
    const script = 'for name in $names; do eval "echo > \\$$name"; done';
    const names = outputs.slice(1);
    const most = shellPackage({ name: "most", outputs: names, script, env: { names: names.join(" ") } });
    assert.equal((await build(most)).records.length, MAX_OUTPUTS);
  });
});
