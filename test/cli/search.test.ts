import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import type { Address } from "viem";
import { Contradictions } from "../../abi/index.ts";
import { type Indexer, startIndexer } from "../../indexer/index.ts";
import { formatBase32, parseStorePath } from "../../nix/index.ts";
import { type Deployment, formatDeployment } from "../../protocol/deployments/index.ts";
import { formatNarHash } from "../../protocol/index.ts";
import { hashOf, helloOutput, storePath } from "../contracts/support/sampleOutputs.ts";
import { createPolicyMaker, member } from "../indexer/support/createPolicyMaker.ts";
import { type Rollup, startRollup } from "../indexer/support/startRollup.ts";
import { untilEqual } from "../indexer/support/untilEqual.ts";
import { runCartenix, runJson } from "./support/runCartenix.ts";

describe("cartenix with an indexer", function () {
  this.timeout(300_000);
  let rollup: Rollup;
  let deployment: Deployment;
  let indexer: Indexer;
  let folder: string;
  let common: string[];
  let second: Address;
  let lenient: Address;
  let hostile: Server;
  let hostileAnswer: (url: string) => { status?: number; body: string } = () => ({ body: "" });

  const source = storePath("source", "hello.tar.gz");
  const library = helloOutput("library", { references: [source] });
  const program = helloOutput("program", { references: [library.storePath, source].sort() });
  const twin = helloOutput("twin", { narHash: program.narHash });
  const strangers = helloOutput("strangers", { narHash: program.narHash });
  const changing = helloOutput("changing");
  const later = hashOf("what changing became");

  before(async () => {
    rollup = await startRollup();
    deployment = await rollup.deploy();
    folder = await mkdtemp(join(tmpdir(), "cartenix-search-"));
    const file = join(folder, "deployment.json");
    await writeFile(file, formatDeployment(deployment));
    const maker = createPolicyMaker(rollup, deployment);
    const { authority, consensusOrigin } = await maker.makeAuthority();
    second = await maker.makeApplication(authority, consensusOrigin);
    const members = [member(deployment.application), member(second)];
    lenient = await maker.makePolicy({ threshold: 2, contradictions: Contradictions.Any, members });
    for (const application of [deployment.application, second]) {
      await rollup.record(application, deployment.registry, [program, twin, library]);
      await rollup.record(application, deployment.registry, [changing]);
      await rollup.record(application, deployment.registry, [{ ...changing, narHash: later }]);
    }
    await rollup.record(rollup.accounts[5]!, deployment.registry, [strangers]);
    indexer = await startIndexer({
      settings: {
        chains: [
          {
            rpcUrls: [rollup.chain.rpcUrl],
            deployments: [formatDeployment(deployment)],
            pollingInterval: 100,
          },
        ],
        database: { kind: "pglite", directory: join(folder, "pglite") },
      },
    });
    const countOutputs = async () => {
      const answer = await (await fetch(`${indexer.url}/v1/outputs?limit=20`)).json();
      return (answer as { items?: unknown[] }).items?.length;
    };
    await untilEqual(countOutputs, 9);
    hostile = createServer((request, response) => {
      const { status = 200, body } = hostileAnswer(request.url!);
      response.writeHead(status, { "content-type": "application/json" }).end(body);
    });
    await new Promise<void>((resolve) => hostile.listen(0, "127.0.0.1", resolve));
    common = ["--rpc-url", rollup.chain.rpcUrl, "--deployment", file];
  });

  after(async () => {
    hostile?.close();
    await indexer?.stop();
    await rollup?.stop();
    if (folder) {
      await rm(folder, { recursive: true, force: true });
    }
  });

  const ask = (command: string, subject: string, options: readonly string[] = []) =>
    runJson([command, ...common, "--indexer-url", indexer.url, ...options, "--", subject]);
  const askHostile = (command: string, subject: string) =>
    runCartenix([
      command,
      ...common,
      ...["--indexer-url", `http://127.0.0.1:${(hostile.address() as AddressInfo).port}`],
      ...["--", subject],
    ]);

  describe("lookup", () => {
    it("finds the paths of a NAR hash among those whom the user believes, however it is spelled", async () => {
      const digest = Buffer.from(program.narHash.slice(2), "hex");
      for (const hash of [formatNarHash(program.narHash), `sha256:${formatBase32(digest)}`]) {
        const { exitCode, answer } = await ask("lookup", hash);
        assert.equal(exitCode, 0);
        assert.deepEqual(
          answer.findings.map((one: { storePath: string; status: string }) => [one.storePath, one.status]),
          [program.storePath, twin.storePath].sort().map((path) => [path, "accepted"]),
        );
      }
    });

    it("finds the path of a hash part", async () => {
      const { exitCode, answer } = await ask("lookup", parseStorePath(library.storePath).digest);
      assert.deepEqual([exitCode, answer.findings[0].storePath], [0, library.storePath]);
      assert.equal(answer.findings[0].narHash, formatNarHash(library.narHash));
    });

    it("says of a hash that only strangers recorded that the indexer finds nothing", async () => {
      const digest = parseStorePath(strangers.storePath).digest;
      const { exitCode, answer } = await ask("lookup", digest);
      assert.deepEqual([exitCode, answer.findings[0].kind], [2, "nothing"]);
      const { stdout } = await runCartenix(["lookup", ...common, "--indexer-url", indexer.url, "--", digest]);
      assert.match(stdout, new RegExp(`^unknown {2}${digest}\n {2}not recorded .* says the indexer\n`));
    });

    it("finds a hash that came later, which only a policy accepts that takes any", async () => {
      const trusted = await ask("lookup", formatNarHash(later), ["--trust", `policy:${lenient}`]);
      assert.equal(trusted.exitCode, 0, JSON.stringify(trusted.answer));
      assert.equal(trusted.answer.findings[0].narHash, formatNarHash(later));
      const { exitCode, answer } = await ask("lookup", formatNarHash(later));
      assert.deepEqual([exitCode, answer.findings[0].verdict], [4, "conflict"]);
    });

    it("names the path of a derivation", async () => {
      const { exitCode, answer } = await ask("lookup", program.drvPath);
      assert.deepEqual([exitCode, answer.findings[0].storePath], [0, program.storePath]);
    });

    it("answers about a derivation when the indexer lies or is silent", async () => {
      hostileAnswer = () => ({ body: JSON.stringify({ items: [{ storePath: twin.storePath }] }) });
      for (const run of [
        await askHostile("lookup", program.drvPath),
        await runCartenix([
          "lookup",
          ...common,
          "--indexer-url",
          "http://127.0.0.1:1",
          "--",
          program.drvPath,
        ]),
      ]) {
        assert.equal(run.exitCode, 0, run.stderr);
        assert.match(run.stdout, /the path whose keccak256 is 0x/);
      }
    });

    it("asks the chain about what an indexer invents", async () => {
      hostileAnswer = () => ({ body: JSON.stringify({ items: [{ storePath: library.storePath }] }) });
      const { exitCode, stdout } = await askHostile("lookup", formatNarHash(program.narHash));
      assert.equal(exitCode, 1);
      assert.match(stdout, new RegExp(`^differs {2}${library.storePath}`));
    });
  });

  describe("closure", () => {
    it("shows what an output refers to, and of each what the chain says", async () => {
      for (const trust of [
        deployment.application,
        `policy:${lenient}`,
        `2 of (${second}, policy:${lenient})`,
      ]) {
        const { exitCode, answer } = await ask("closure", program.storePath, ["--trust", trust]);
        assert.deepEqual([exitCode, answer.schema], [2, "cartenix.closure.v1"], trust);
        assert.deepEqual(
          answer.members.map((one: { storePath: string; status: string }) => [one.storePath, one.status]),
          [
            [program.storePath, "accepted"],
            ...program.references.map((path) => [path, path === source ? "unknown" : "accepted"]),
          ],
        );
        assert.equal(answer.referencesSource, "indexer");
      }
    });

    it("draws a tree, the worst first", async () => {
      const { stdout } = await runCartenix([
        "closure",
        ...common,
        ...["--indexer-url", indexer.url, "--", program.storePath],
      ]);
      const by = `accepted by ${deployment.application}`;
      assert.equal(
        stdout,
        `2 of 3 accepted
first not accepted: ${source}  unknown

${program.storePath}  ${by}
├── ${source}  unknown
└── ${library.storePath}  ${by}

What refers to what is the indexer's word: it can leave something out. Whether a path is accepted is the chain's.
`,
      );
    });

    it("leaves out what nothing refers to", async () => {
      const references = { [program.storePath]: [library.storePath], [twin.storePath]: [] };
      const members = Object.entries(references).map(([path, of]) => ({ storePath: path, references: of }));
      hostileAnswer = () => ({ body: JSON.stringify({ members }) });
      const { stdout } = await askHostile("closure", program.storePath);
      assert.match(stdout, /^2 of 2 accepted/);
      assert.ok(!stdout.includes(twin.storePath));
    });
  });

  for (const [what, answer, exitCode, message] of [
    ["is no JSON", { body: "<html>" }, 11, /is not an indexer's/],
    ["has another shape", { body: '{"items":{},"members":{}}' }, 11, /Expected array/],
    [
      "names what is no store path",
      {
        body: JSON.stringify({
          items: [{ storePath: "/nix/store/\u{1b}[2J" }],
          members: [{ storePath: "/nix/store/\u{1b}[2J", references: [] }],
        }),
      },
      11,
      /storePath: is not a store path/,
    ],
    ["is too long", { body: `"${"x".repeat(5 * 1024 * 1024)}"` }, 11, /longer than 4194304 bytes/],
    [
      "is a refusal that would control the terminal",
      {
        status: 503,
        body: JSON.stringify({ error: { message: "\u{1b}[2Jbusy\u{202e}", remedy: "wait\u{9b}1m" } }),
      },
      11,
      /HTTP 503\n {2}details: \\u\{1b\}\[2Jbusy\\u\{202e\}\n {2}what to do: wait\\u\{9b\}1m/,
    ],
  ] as const) {
    it(`survives an answer that ${what}`, async () => {
      hostileAnswer = () => answer;
      for (const command of ["lookup", "closure"]) {
        const subject = command === "lookup" ? formatNarHash(program.narHash) : program.storePath;
        const run = await askHostile(command, subject);
        assert.deepEqual([run.exitCode, run.stdout], [exitCode, ""], command);
        assert.match(run.stderr, message);
      }
    });
  }

  it("says that the indexer does not answer", async () => {
    const { exitCode, stderr } = await runCartenix([
      ...["closure", ...common, "--indexer-url", "http://127.0.0.1:1", "--", program.storePath],
    ]);
    assert.equal(exitCode, 11);
    assert.match(stderr, /no indexer answers at http:\/\/127\.0\.0\.1:1/);
  });

  it("refuses a hash part's path with another hash part", async () => {
    hostileAnswer = () => ({ body: JSON.stringify({ items: [{ storePath: twin.storePath }] }) });
    const { exitCode, stderr } = await askHostile("lookup", parseStorePath(program.storePath).digest);
    assert.equal(exitCode, 11);
    assert.match(stderr, /were not asked for/);
  });
});
