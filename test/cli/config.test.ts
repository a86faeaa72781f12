import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { runCartenix, runJson } from "./support/runCartenix.ts";

const POLICY = `policy:0x${"12".repeat(20)}`;

describe("cartenix config", function () {
  this.timeout(60_000);
  let home: string;
  let file: string;

  before(async () => {
    home = await mkdtemp(join(tmpdir(), "cartenix-config-"));
    await mkdir(join(home, "cartenix"));
    file = join(home, "cartenix", "config.json");
  });

  after(() => rm(home, { recursive: true, force: true }));

  const run = async (config: unknown, args: readonly string[] = [], environment = {}) => {
    await writeFile(file, typeof config === "string" ? config : JSON.stringify(config));
    return runJson(["config", ...args], { environment: { XDG_CONFIG_HOME: home, ...environment } });
  };
  const settingOf = (answer: { settings: { name: string }[] }, name: string) =>
    answer.settings.find((setting) => setting.name === name);

  const config = {
    network: "main",
    networks: {
      main: { rpcUrls: ["https://a.example/", "https://b.example"], chainId: 1, trust: POLICY },
      test: { rpcUrls: ["http://127.0.0.1:1"], node: "http://127.0.0.1:2" },
    },
    caches: ["https://cache.example"],
  };

  it("tells where each value comes from", async () => {
    const { exitCode, answer } = await run(config);
    assert.equal(exitCode, 0);
    assert.equal(answer.schema, "cartenix.config.v1");
    const place = `networks.main of ${file}`;
    assert.deepEqual(settingOf(answer, "network"), {
      name: "network",
      value: "main",
      source: `network of ${file}`,
    });
    assert.deepEqual(settingOf(answer, "rpcUrls"), {
      name: "rpcUrls",
      value: "https://a.example, https://b.example",
      source: place,
    });
    assert.deepEqual(settingOf(answer, "trust"), { name: "trust", value: POLICY, source: place });
    assert.deepEqual(settingOf(answer, "caches"), {
      name: "caches",
      value: "https://cache.example",
      source: file,
    });
    assert.deepEqual(settingOf(answer, "node"), { name: "node", value: null, source: null });
  });

  it("prefers an option to the environment, and that to the file", async () => {
    const environment = { CARTENIX_NETWORK: "test", CARTENIX_RPC_URL: "http://x.example,http://y.example" };
    const byEnvironment = await run(config, [], environment);
    assert.deepEqual(settingOf(byEnvironment.answer, "rpcUrls"), {
      name: "rpcUrls",
      value: "http://x.example, http://y.example",
      source: "CARTENIX_RPC_URL",
    });
    assert.deepEqual(settingOf(byEnvironment.answer, "node"), {
      name: "node",
      value: "http://127.0.0.1:2",
      source: `networks.test of ${file}`,
    });
    const byOption = await run(config, ["--network", "main", "--rpc-url", "http://z.example"], environment);
    assert.deepEqual(settingOf(byOption.answer, "rpcUrls"), {
      name: "rpcUrls",
      value: "http://z.example",
      source: "--rpc-url",
    });
    assert.deepEqual(settingOf(byOption.answer, "network"), {
      name: "network",
      value: "main",
      source: "--network",
    });
  });

  for (const [what, text, message] of [
    ["is not JSON", "{", /is not JSON/],
    ["has an unknown field", { netwroks: {} }, /Unrecognized key\(s\) in object: 'netwroks'/],
    ["has no endpoint", { networks: { a: { rpcUrls: [] } } }, /networks\.a\.rpcUrls/],
    [
      "has a malformed authority",
      { networks: { a: { rpcUrls: ["http://x"], trust: "0x1" } } },
      /networks\.a\.trust: .*not an address/,
    ],
    ["names a network that is not there", { network: "b", networks: {} }, /network: is not among/],
    [
      "names an endpoint that is no HTTP",
      { networks: { a: { rpcUrls: ["file:///x"] } } },
      /not an address of HTTP/,
    ],
  ] as const) {
    it(`names what is wrong in a file that ${what}`, async () => {
      const { exitCode, answer } = await run(text);
      assert.deepEqual([exitCode, answer.code], [10, "CONFIG"]);
      assert.match(answer.message, message);
    });
  }

  it("wants a file that is named to be there", async () => {
    const { exitCode, stderr } = await runCartenix(["config", "--config", join(home, "none.json")]);
    assert.equal(exitCode, 10);
    assert.match(stderr, /cannot read the configuration file/);
  });
});

describe("cartenix", function () {
  this.timeout(60_000);

  it("lists its commands and exit codes", async () => {
    const { exitCode, stdout } = await runCartenix(["--help"]);
    assert.equal(exitCode, 0);
    assert.match(stdout, /lookup \[options\] <subject\.\.\.>/);
    assert.match(stdout, / 12 {2}damaged/);
  });

  it("shows an example of each command", async () => {
    // what takes [arguments...] passes them to a program with a help of its own; two come from libraries
    const { stdout } = await runCartenix(["--help"]);
    const names = [...stdout.matchAll(/^ {2}([a-z]+) (?:\[(?!arguments)|<)/gm)].map(([, name]) => name!);
    assert.ok(names.includes("lookup"));
    for (const name of names.filter((one) => !["help", "completion"].includes(one))) {
      const help = await runCartenix([name, "--help"]);
      assert.match(help.stdout, new RegExp(`cartenix ${name}\\b`), name);
      assert.match(help.stdout, /Example/, name);
    }
  });

  it("suggests the command that was meant", async () => {
    const { exitCode, stderr } = await runCartenix(["lokup"]);
    assert.equal(exitCode, 10);
    assert.match(stderr, /Did you mean lookup\?/);
  });
});
