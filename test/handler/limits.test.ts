import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "mocha";
import { shellPackage } from "../../fuzz/generators/shellPackage.ts";
import { COLLECTED_LIMITS } from "../../machine/emulator/index.ts";
import * as limits from "../../machine/handler/limits.ts";
import { RAM_BYTES } from "../../machine/image/boot/machineConfig.ts";
import { MAX_CHUNK_BYTES, MAX_CHUNKS, MAX_INPUT_CYCLES } from "../../protocol/index.ts";
import { HandlerHost } from "./support/handlerHost.ts";
import { type NixHost, startNixHost } from "./support/nixHost.ts";

/** The firmware's timer counts 15,625 times a second, and the emulator's once in 8,192 cycles. */
const CYCLES_PER_SECOND = 15_625n * 8_192n;
/** What docs/limits.md says of the worst bundle. */
const BUNDLE_CYCLES = 20_000_000_000n;

/** The names and values of the limits; those in a group are prefixed with its name and a dot. */
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

  it("include the cycles of an input", () => {
    assert.ok(text.includes(`\`MAX_INPUT_CYCLES\`, ${MAX_INPUT_CYCLES.toLocaleString("en-US")}`));
  });

  it("are the only ones in docs/limits.md", () => {
    const names = new Set([...named(limits)].map(([name]) => name));
    const documented = rows.flatMap((row) => /^\|[^|]*\| `([^`]+)` \|/.exec(row)?.[1] ?? []);
    assert.ok(documented.length >= names.size);
    for (const name of documented) {
      assert.ok(names.has(name), `docs/limits.md has ${name}, which is not a limit of the handler`);
    }
  });

  it("are consistent with each other", () => {
    const { BLOB_LIMITS, BUNDLE_LIMITS } = limits;
    const smallerFirst: Record<string, readonly (number | bigint)[]> = {
      "a build ends before its request does": [limits.MAX_BUILD_SECONDS, limits.MAX_REQUEST_SECONDS],
      "silence ends a build before time does": [limits.MAX_SILENT_SECONDS, limits.MAX_BUILD_SECONDS],
      "a build is sampled often": [limits.USAGE_SAMPLING_SECONDS * 10, limits.MAX_SILENT_SECONDS],
      "one sender cannot use up all uploads": [BLOB_LIMITS.ofSender.bytes, BLOB_LIMITS.overall.bytes],
      "one sender cannot use up all blobs": [BLOB_LIMITS.ofSender.blobs, BLOB_LIMITS.overall.blobs],
      "a sender can upload the longest blob": [MAX_CHUNKS * MAX_CHUNK_BYTES, BLOB_LIMITS.ofSender.bytes + 1],
      "a bundle's NAR fits the bundle": [BUNDLE_LIMITS.nar.maxSize, limits.MAX_BUNDLE_BYTES + 1],
      ".drv files are a part of a bundle": [limits.MAX_DERIVATIONS_BYTES, limits.MAX_BUNDLE_BYTES],
      "one path's references are a part of all": [
        BUNDLE_LIMITS.maxReferences,
        BUNDLE_LIMITS.maxAllReferences,
      ],
      "a build and its bundle fit the free space": [
        limits.MAX_DISK_BYTES + limits.MAX_BUNDLE_BYTES,
        limits.MIN_FREE_BYTES,
      ],
      "a build's files fit the free files": [limits.MAX_FILES, limits.MIN_FREE_FILES],
      "a file fits an output": [limits.MAX_FILE_BYTES, limits.MAX_OUTPUT_BYTES + 1],
      "an output fits the disk's limit": [limits.MAX_OUTPUT_BYTES, limits.MAX_DISK_BYTES],
      "a derivation's outputs fit a voucher": [limits.MAX_OUTPUTS, limits.MAX_VOUCHER_OUTPUTS + 1],
      "a request's outputs fit what a node collects": [
        limits.MAX_EMITTED_OUTPUT_BYTES,
        COLLECTED_LIMITS.outputs.bytes,
      ],
      "a request's reports fit what a node collects": [
        limits.MAX_EMITTED_REPORT_BYTES,
        COLLECTED_LIMITS.reports.bytes,
      ],
      "a NAR fits the reports of a query": [limits.MAX_OUTPUT_BYTES, limits.MAX_EMITTED_REPORT_BYTES],
      "a request, its bundle and a minute besides end within an input's cycles": [
        BigInt(limits.MAX_REQUEST_SECONDS + 60) * CYCLES_PER_SECOND + BUNDLE_CYCLES,
        MAX_INPUT_CYCLES,
      ],
      "a report fits the device's buffer": [limits.MAX_REPORT_BYTES, 2 * 1024 * 1024],
      "a build fits the machine's memory": [limits.MAX_MEMORY_BYTES, RAM_BYTES],
    };
    for (const [what, [smaller, larger]] of Object.entries(smallerFirst)) {
      assert.ok(smaller! < larger!, `${what}: ${smaller} is not below ${larger}`);
    }
  });
});

describe("builds that exceed the limits that Nix enforces", function () {
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
    it(`are stopped, and the report names the limit: ${name}`, async () => {
      const { drvPath, closure } = shellPackage({ name, script, env: { PATH: "/usr/bin:/bin" } });
      const answer = await host.build(drvPath, closure);
      assert.ok(!answer.accepted);
      assert.match(answer.reason ?? "", reason);
    });
  }
});
