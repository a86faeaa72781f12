import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "mocha";
import { shellPackage } from "../../fuzz/generators/shellPackage.ts";
import * as limits from "../../machine/handler/limits.ts";
import { HandlerHost } from "./support/handlerHost.ts";
import { type NixHost, startNixHost } from "./support/nixHost.ts";

/** The names of the limits and their values, those of groups with the group's name before a dot. */
function* named(group: object, prefix = ""): Generator<[string, number | bigint]> {
  for (const [name, value] of Object.entries(group)) {
    if (typeof value === "object") {
      yield* named(value, `${prefix}${name}.`);
    } else {
      yield [`${prefix}${name}`, value];
    }
  }
}

describe("the limits", () => {
  const text = readFileSync(new URL("../../docs/limits.md", import.meta.url), "utf8");
  const rows = text.split("\n").filter((line) => line.startsWith("|"));

  it("are in docs/limits.md, each with its value", () => {
    for (const [name, value] of named(limits)) {
      const row = rows.find((line) => line.includes(`\`${name}\``));
      assert.ok(row, `${name} is not in docs/limits.md`);
      assert.ok(row.includes(` ${value.toLocaleString("en-US")} `), `${name} is not ${value} there: ${row}`);
    }
  });

  it("are all that docs/limits.md names", () => {
    const names = new Set([...named(limits)].map(([name]) => name));
    const documented = rows.flatMap((row) => /^\|[^|]*\| `([^`]+)` \|/.exec(row)?.[1] ?? []);
    assert.ok(documented.length >= names.size);
    for (const name of documented) {
      assert.ok(names.has(name), `docs/limits.md has ${name}, which is not a limit of the handler`);
    }
  });
});

describe("builds that exceed what Nix enforces", function () {
  this.timeout(60_000);
  let nix: NixHost;
  let host: HandlerHost;

  before(async () => {
    nix = await startNixHost("max-silent-time = 1\ntimeout = 3\nmax-build-log-size = 1000\n");
    host = new HandlerHost(nix);
  });
  after(() => nix[Symbol.asyncDispose]());

  for (const [name, script, reason] of [
    [
      "silence",
      "sleep 30; echo > $out",
      /exceeded the limit of 600 seconds of silence after \d+\.\d seconds/,
    ],
    [
      "time",
      "while true; do echo; sleep 0.2; done",
      /exceeded the limit of 900 seconds after \d+\.\d seconds/,
    ],
    [
      "log",
      "head -c 5000 /dev/zero | tr '\\0' x; echo; sleep 5; echo > $out",
      /exceeded the limit of 4194304 bytes of log after/,
    ],
    ["output", "mkdir $out; truncate -s 200M $out/a $out/b", /NAR .* more than the limit of 268435456$/],
  ] as const) {
    it(`end, and the report names the limit: ${name}`, async () => {
      const { drvPath, closure } = shellPackage({ name, script, env: { PATH: "/usr/bin:/bin" } });
      const answer = await host.build(drvPath, closure);
      assert.ok(!answer.accepted);
      assert.match(answer.reason ?? "", reason);
    });
  }
});
