import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, symlink, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { after, afterEach, before, beforeEach, describe, it } from "mocha";
import type { Hex } from "viem";
import { hashPath } from "../../client/store/index.ts";
import { encodeNar, type NarNode } from "../../nix/index.ts";
import { type Deployment, formatDeployment } from "../../protocol/deployments/index.ts";
import { decodeQuery, encodeReport } from "../../protocol/index.ts";
import { helloOutput, storePath } from "../contracts/support/sampleOutputs.ts";
import { type Rollup, startRollup } from "../indexer/support/startRollup.ts";
import { file } from "../nix/support/nodes.ts";
import { runCartenix, runJson } from "./support/runCartenix.ts";
import { startCartenix } from "./support/startCartenix.ts";
import { type Offered, offerOf, startUpstream, type Upstream } from "./support/upstreamCache.ts";

const name = (text: string) => Buffer.from(text);
const tree: NarNode = {
  kind: "directory",
  entries: [
    {
      name: name("bin"),
      node: {
        kind: "directory",
        entries: [
          {
            name: name("run"),
            node: { kind: "regular", executable: true, contents: Buffer.from("#!/bin/sh\n") },
          },
        ],
      },
    },
    { name: name("empty"), node: { kind: "regular", executable: false, contents: new Uint8Array(0) } },
    { name: name("link"), node: { kind: "symlink", target: name("/etc/passwd") } },
    {
      name: Buffer.from([0x6e, 0xff]),
      node: { kind: "regular", executable: false, contents: Buffer.alloc(300_000, 7) },
    },
  ],
};

describe("cartenix fetch", function () {
  this.timeout(120_000);
  let rollup: Rollup;
  let deployment: Deployment;
  let upstream: Upstream;
  let node: Server;
  let nodeHas: Offered | undefined;
  let root: string;
  let folder: string;

  const path = (of: string) => storePath("fetch", of);
  const package_ = offerOf(path("package"), encodeNar(tree));
  const plain = offerOf(path("plain"), encodeNar(file("one file\n")));
  const ofTheNode = offerOf(path("of-the-node"), encodeNar(file("only the machine has it\n")));
  const unknown = offerOf(path("unknown"), encodeNar(file("nobody recorded it\n")));
  const noNar = offerOf(path("no-nar"), Buffer.from("not a NAR"));
  const accepted = [package_, plain, ofTheNode, noNar];

  before(async () => {
    root = await mkdtemp(join(tmpdir(), "cartenix-fetch-"));
    [rollup, upstream] = await Promise.all([startRollup(), startUpstream()]);
    deployment = await rollup.deploy();
    await rollup.record(
      deployment.application,
      deployment.registry,
      accepted.map(({ storePath: of, narHash, narSize }) =>
        helloOutput(of, {
          storePath: of,
          drvPath: storePath("derivation", `${of.slice(44)}.drv`),
          narHash: `0x${Buffer.from(narHash).toString("hex")}` as Hex,
          narSize: BigInt(narSize),
          references: [],
        }),
      ),
    );
    await writeFile(join(root, "deployment.json"), formatDeployment(deployment));
    node = createServer(async (request, response) => {
      const query = decodeQuery(await buffer(request));
      response.setHeader("content-type", "application/json");
      const isMissing = query.kind === "missing" && query.paths[0] !== nodeHas?.storePath;
      const payloads =
        query.kind === "missing"
          ? [encodeReport({ kind: "missing", paths: isMissing ? query.paths : [] })]
          : [...(nodeHas!.read() as Iterable<Uint8Array>)];
      const reports = payloads.map((payload) => ({ payload: `0x${Buffer.from(payload).toString("hex")}` }));
      response.end(
        JSON.stringify({ status: "Accepted", exception_payload: null, reports, processed_input_count: 1 }),
      );
    }).listen(0, "127.0.0.1");
  });

  after(async () => {
    node?.close();
    upstream?.stop();
    await rollup?.stop();
    await rm(root, { recursive: true, force: true });
  });

  beforeEach(async () => {
    folder = await mkdtemp(join(root, "run-"));
    nodeHas = undefined;
    upstream.offer(package_, plain, unknown, noNar);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const options = () => [
    ...["--rpc-url", rollup.chain.rpcUrl, "--deployment", join(root, "deployment.json")],
    ...["--node-url", `http://127.0.0.1:${(node.address() as AddressInfo).port}`],
    ...["--cache", "http://127.0.0.1:1", upstream.url],
  ];
  const fetchPath = (offer: Offered, ...args: string[]) =>
    runJson(["fetch", ...options(), ...args, "--", offer.storePath], { cwd: folder });
  const left = () => readdir(folder);

  it("unpacks what the chain accepts, as it is in a store", async () => {
    const { exitCode, answer } = await fetchPath(package_);
    assert.deepEqual([exitCode, answer.schema, answer.status], [0, "cartenix.fetch.v1", "accepted"]);
    assert.deepEqual([answer.output, answer.from], ["package", upstream.url]);
    assert.deepEqual(await left(), ["package"]);
    const { sha256 } = await hashPath(join(folder, "package"));
    assert.ok(Buffer.from(sha256).equals(package_.narHash));
    assert.equal(await readlink(join(folder, "package", "link")), "/etc/passwd");
    assert.equal((await stat(join(folder, "package", "bin", "run"))).mode & 0o100, 0o100);
  });

  it("writes the NAR to a file that ends with .nar", async () => {
    const { exitCode, stdout } = await runCartenix(
      ["fetch", ...options(), "-o", "plain.nar", "--", plain.storePath],
      { cwd: folder },
    );
    assert.equal(exitCode, 0);
    assert.match(stdout, /^accepted {2}/);
    assert.deepEqual(await left(), ["plain.nar"]);
    assert.ok((await readFile(join(folder, "plain.nar"))).equals(encodeNar(file("one file\n"))));
  });

  it("takes from the application's node what no cache has", async () => {
    assert.deepEqual((await fetchPath(ofTheNode)).exitCode, 11);
    nodeHas = ofTheNode;
    const { exitCode, answer } = await fetchPath(ofTheNode);
    assert.equal(exitCode, 0);
    assert.match(answer.from, /^http:\/\/127\.0\.0\.1:/);
    assert.equal(await readFile(join(folder, "of-the-node"), "utf8"), "only the machine has it\n");
  });

  it("keeps nothing of other bytes, from caches and nodes", async () => {
    upstream.offer({ ...plain, read: () => [encodeNar(file("One file\n"))] });
    nodeHas = { ...plain, read: () => [encodeNar(file("another\n"))] };
    const { exitCode, answer } = await fetchPath(plain);
    assert.deepEqual([exitCode, answer.status, answer.output], [11, undefined, undefined]);
    const alone = await runJson(["fetch", ...options().slice(0, -2), upstream.url, "--", plain.storePath], {
      cwd: folder,
    });
    assert.deepEqual([alone.exitCode, alone.answer.status, alone.answer.output], [1, "differs", null]);
    assert.match(alone.answer.details, /has another NAR .*has another NAR/);
    assert.deepEqual(await left(), []);
  });

  it("downloads nothing that is not accepted", async () => {
    const { exitCode, answer } = await fetchPath(unknown);
    assert.deepEqual([exitCode, answer.status, answer.verdict], [2, "unknown", "notRecorded"]);
    assert.ok(!upstream.asked.some((place) => place.includes(unknown.storePath.slice(11, 43))));
    assert.deepEqual(await left(), []);
  });

  it("leaves nothing of an accepted content that is no NAR", async () => {
    const { exitCode, answer } = await fetchPath(noNar);
    assert.deepEqual([exitCode, answer.code], [12, "DAMAGED_NAR"]);
    assert.deepEqual(await left(), []);
  });

  it("writes over nothing that exists, and through no symlink", async () => {
    await writeFile(join(folder, "file"), "mine");
    await mkdir(join(folder, "empty"));
    await symlink("nowhere", join(folder, "link"));
    for (const place of ["file", "empty", "link"]) {
      const { exitCode, answer } = await fetchPath(package_, "-o", place);
      assert.deepEqual([exitCode, answer.code], [10, "OUTPUT_EXISTS"], place);
    }
    assert.equal(await readFile(join(folder, "file"), "utf8"), "mine");
    assert.deepEqual(await left(), ["empty", "file", "link"]);
  });

  it("says that it cannot write there", async () => {
    const { exitCode, answer } = await fetchPath(package_, "-o", "none/package");
    assert.deepEqual([exitCode, answer.code], [10, "UNWRITABLE_PATH"]);
    assert.deepEqual(await left(), []);
  });

  it("leaves nothing when it is interrupted", async () => {
    const whole = Buffer.concat([...(package_.read() as Iterable<Uint8Array>)]);
    let isAsked = () => {};
    const asked = new Promise<void>((resolve) => {
      isAsked = resolve;
    });
    upstream.offer({
      ...package_,
      async *read() {
        yield whole.subarray(0, 200_000);
        isAsked();
        await new Promise(() => {});
      },
    });
    const place = join(folder, "package");
    const running = await startCartenix(["fetch", ...options(), "-o", place, "--", package_.storePath], {});
    await asked;
    assert.equal(await running.interrupt(), 130);
    assert.deepEqual(await left(), []);
  });
});
