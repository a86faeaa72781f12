import assert from "node:assert/strict";
import { appendFile, cp, mkdir, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { type Address, toHex } from "viem";
import { Contradictions } from "../../abi/index.ts";
import { hashPath } from "../../client/store/index.ts";
import { makeScratchFolder, type ScratchFolder } from "../../machine/packages/index.ts";
import { encodeNar, type NarNode, narHash, STORE_DIR, storePathForSource } from "../../nix/index.ts";
import { type Deployment, formatDeployment } from "../../protocol/deployments/index.ts";
import { formatNarHash } from "../../protocol/index.ts";
import { hashOf, helloOutput, storePath } from "../contracts/support/sampleOutputs.ts";
import { createPolicyMaker, member } from "../indexer/support/createPolicyMaker.ts";
import { type Rollup, startRollup } from "../indexer/support/startRollup.ts";
import { directory, program as executable, file } from "../nix/support/nodes.ts";
import { writeTree } from "../nix/support/writeTree.ts";
import { runCartenix, runJson } from "./support/runCartenix.ts";
import { runInTerminal } from "./support/runInTerminal.ts";

const MANY = 401;

describe("cartenix verify", function () {
  this.timeout(300_000);
  let rollup: Rollup;
  let deployment: Deployment;
  let scratch: ScratchFolder;
  let store: string;
  let common: string[];
  let second: Address;
  let lenient: Address;
  let counter: Server;
  let calls: string[] = [];

  const sourceNode = directory(["hello.c", file("int main() {}\n")]);
  const source = storePathForSource({
    name: "source",
    narSha256: narHash(encodeNar(sourceNode)).sha256,
    references: [],
  });
  const library = storePath("library", "libhello-1");
  const program = storePath("program", "hello-1");
  const stray = storePath("stray", "stray-1");
  const changing = storePath("changing", "changing-1");
  const programNode = directory(["bin", directory(["hello", executable(`${library}/lib ${source}`)])]);
  const trees: [string, NarNode][] = [
    [source, sourceNode],
    [library, directory(["lib", file(`made of ${source}`)])],
    [program, programNode],
    [stray, file(`uses ${library}`)],
    [changing, file("second")],
  ];

  const placeOf = (path: string, folder = store) => join(folder, path.slice(STORE_DIR.length));
  const outputOf = async (path: string) => {
    const { sha256, size } = await hashPath(placeOf(path));
    return helloOutput(path, { storePath: path, narHash: toHex(sha256), narSize: BigInt(size) });
  };

  before(async () => {
    rollup = await startRollup();
    deployment = await rollup.deploy();
    scratch = makeScratchFolder("verify");
    store = join(scratch.path, "store");
    await mkdir(store);
    for (const [path, node] of trees) {
      await writeTree(placeOf(path), node);
    }
    const deploymentFile = join(scratch.path, "deployment.json");
    await writeFile(deploymentFile, formatDeployment(deployment));
    const maker = createPolicyMaker(rollup, deployment);
    const { authority, consensusOrigin } = await maker.makeAuthority();
    second = await maker.makeApplication(authority, consensusOrigin);
    const members = [member(deployment.application), member(second)];
    lenient = await maker.makePolicy({ threshold: 2, contradictions: Contradictions.Any, members });
    const outputs = [await outputOf(library), await outputOf(program)];
    const now = await outputOf(changing);
    for (const application of [deployment.application, second]) {
      await rollup.record(application, deployment.registry, outputs);
      await rollup.record(application, deployment.registry, [{ ...now, narHash: hashOf("first") }]);
      await rollup.record(application, deployment.registry, [now]);
    }
    counter = createServer(async (request, response) => {
      let body = "";
      for await (const piece of request) {
        body += piece;
      }
      calls.push(...[...body.matchAll(/"method":"(\w+)"/g)].map(([, method]) => method!));
      const init = { method: "POST", headers: { "content-type": "application/json" }, body };
      const answer = await (await fetch(rollup.chain.rpcUrl, init)).text();
      response.setHeader("content-type", "application/json").end(answer);
    });
    await new Promise<void>((resolve) => counter.listen(0, "127.0.0.1", resolve));
    common = ["--deployment", deploymentFile, "--rpc-url", rollup.chain.rpcUrl, "--store", store];
  });

  after(async () => {
    counter?.close();
    await rollup?.stop();
    await scratch?.[Symbol.asyncDispose]();
  });

  const verify = (...args: string[]) => runCartenix(["verify", ...common, ...args]);
  const verifyJson = (...args: string[]) => runJson(["verify", ...common, ...args]);

  it("accepts a closure of which the chain knows what was built, and names prove the rest", async () => {
    const { exitCode, stdout } = await verify("-r", program);
    const by = `accepted by ${deployment.application}`;
    assert.equal(exitCode, 0);
    assert.equal(
      stdout,
      `3 of 3 accepted

${program}  ${by}
${[library, source]
  .sort()
  .map((path) => `${path}  ${path === library ? by : "content-addressed (source)"}`)
  .map((line, index) => `${index === 0 ? "├──" : "└──"} ${line}`)
  .join("\n")}
`,
    );
  });

  it("ends as the worst does, and shows that first", async () => {
    const { exitCode, answer } = await verifyJson("-r", program, stray);
    assert.deepEqual([exitCode, answer.schema, answer.status], [2, "cartenix.verify.v1", "unknown"]);
    assert.deepEqual(
      Object.fromEntries(
        answer.paths.map((one: { storePath: string; status: string }) => [one.storePath, one.status]),
      ),
      { [source]: "accepted", [library]: "accepted", [program]: "accepted", [stray]: "unknown" },
    );
    const { stdout } = await verify("-r", program, stray);
    assert.ok(
      stdout.startsWith(`3 of 4 accepted\nfirst not accepted: ${stray}  unknown\n\n${stray}  unknown\n`),
      stdout,
    );
  });

  it("tells changed bytes, however deep they are, from the accepted ones", async () => {
    const changed = join(scratch.path, "changed");
    await cp(store, changed, { recursive: true });
    await appendFile(join(placeOf(library, changed), "lib"), "!");
    const { sha256 } = await hashPath(placeOf(library, changed));
    const ours = formatNarHash(toHex(sha256));
    const { exitCode, stdout } = await verify("--store", changed, "-r", program);
    assert.equal(exitCode, 1);
    const accepted = formatNarHash((await outputOf(library)).narHash);
    const label = `${library}  differs: accepted as ${accepted}, here ${ours}`;
    assert.ok(stdout.startsWith(`2 of 3 accepted\nfirst not accepted: ${label}\n`), stdout);
    assert.match(stdout, /\n├── .*libhello-1 {2}differs/);
    const alone = await verify("--store", changed, program);
    assert.equal(alone.exitCode, 0);
  });

  it("refuses a source that is not what its name says", async () => {
    const forged = join(scratch.path, "forged");
    await cp(store, forged, { recursive: true });
    await writeFile(join(placeOf(source, forged), "hello.c"), "int main() { backdoor(); }\n");
    const { exitCode, answer } = await verifyJson("--store", forged, source);
    assert.deepEqual([exitCode, answer.paths[0].contentAddress], [2, null]);
  });

  it("follows a symlink and a file below to their store path", async () => {
    const result = join(scratch.path, "result");
    await symlink(placeOf(program), result);
    for (const path of [result, join(placeOf(program), "bin/hello")]) {
      const { exitCode, answer } = await verifyJson(path);
      assert.deepEqual([exitCode, answer.paths[0].storePath], [0, program]);
    }
  });

  it("takes a folder or a NAR for the store path that is named", async () => {
    const folder = join(scratch.path, "hello");
    await writeTree(folder, programNode);
    const nar = join(scratch.path, "hello.nar");
    await writeFile(nar, encodeNar(programNode));
    for (const path of [folder, nar]) {
      assert.equal((await verify(path, "--as", program)).exitCode, 0, path);
      assert.equal((await verify(path, "--as", library)).exitCode, 1, path);
    }
    await truncate(nar, 100);
    const { exitCode, stderr } = await verify(nar, "--as", program);
    assert.equal(exitCode, 12);
    assert.match(stderr, /does not hold one whole NAR/);
  });

  it("knows that a policy which takes any recorded hash accepts the one at hand", async () => {
    assert.equal((await verify("--trust", `policy:${lenient}`, changing)).exitCode, 0);
    const { exitCode, answer } = await verifyJson("--trust", second, changing);
    assert.deepEqual([exitCode, answer.paths[0].verdict], [4, "conflict"]);
    const both = await verify("--trust", `2 of (${second}, policy:${lenient})`, changing);
    assert.equal(both.exitCode, 4);
  });

  it("asks about 200 paths in a call", async () => {
    const many = join(scratch.path, "many");
    const paths = Array.from({ length: MANY }, (_, index) => storePath(`many ${index}`, "p"));
    await mkdir(many);
    for (const [index, path] of paths.entries()) {
      await writeFile(placeOf(path, many), paths[index + 1] ?? "the last");
    }
    calls = [];
    const url = `http://127.0.0.1:${(counter.address() as AddressInfo).port}`;
    const { exitCode, answer } = await verifyJson("--rpc-url", url, "--store", many, "-r", paths[0]!);
    assert.deepEqual([exitCode, answer.paths.length], [2, MANY]);
    assert.equal(calls.filter((method) => method === "eth_call").length, 3);
  });

  for (const [what, args, exitCode, message] of [
    ["a path that is not there", () => [storePath("nowhere", "nowhere-1")], 10, /does not exist/],
    ["what is in no store", () => [scratch.path], 10, /is not in the store .*\n.*--as/],
    ["a name that would control the terminal", () => ["\u{1b}[2J"], 10, /cannot find \\u\{1b\}\[2J/],
    ["a closure together with --as", () => ["x", "-r", "--as", program], 10, /--as is for one path/],
    ["no store path after --as", () => ["x", "--as", "hello"], 10, /is not in \/nix\/store/],
    ["an endpoint that is silent", () => ["--rpc-url", "http://127.0.0.1:1", "--", program], 11, /no answer/],
  ] as const) {
    it(`says what to do about ${what}`, async () => {
      const run = await verify(...args());
      assert.equal(run.exitCode, exitCode, run.stderr);
      assert.equal(run.stdout, "");
      assert.match(run.stderr, message);
    });
  }

  describe("in a terminal", () => {
    let large: string;
    before(async () => {
      large = join(scratch.path, "large");
      await mkdir(large);
      await writeFile(placeOf(stray, large), "");
      await truncate(placeOf(stray, large), 200 * 2 ** 30);
    });
    after(() => rm(large, { recursive: true, force: true }));

    it("shows how far it is, and ends at Ctrl-C", async () => {
      const { exitCode, shown } = await runInTerminal(["verify", ...common, "--store", large, stray], {
        typing: [[/· hash: 1 of 1 \(\d/, "\x03"]],
      });
      assert.equal(exitCode, 130);
      assert.match(shown, /✗ hash \(.*\)\r\nerror: interrupted/);
    });

    it("leaves the answer alone on stdout", async () => {
      const { stdout, stderr } = await verify(program);
      assert.match(stdout, /^1 of 1 accepted/);
      assert.match(stderr, /^✓ hash: 1 of 1 \(.* s\)\n$/);
    });
  });
});
