import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ServerType, serve } from "@hono/node-server";
import { Hono } from "hono";
import { after, before, beforeEach, describe, it } from "mocha";
import { type Address, type Hex, keccak256, stringToBytes } from "viem";
import { Contradictions } from "../../abi/index.ts";
import { openNix, type RealNix } from "../../fuzz/openNix.ts";
import { type Indexer, parseSettings, startIndexer } from "../../indexer/index.ts";
import { MAX_CACHE_REQUESTS } from "../../indexer/src/api/limits/bounds.ts";
import { encodeExport, encodeNar } from "../../nix/index.ts";
import { type Deployment, formatDeployment } from "../../protocol/deployments/index.ts";
import type { RegistryOutput } from "../../protocol/index.ts";
import { isSignedBy, narInfoFingerprint, parseNarInfo } from "../../substituter/index.ts";
import { hashOf, helloOutput, storePath } from "../contracts/support/sampleOutputs.ts";
import { file } from "../nix/support/nodes.ts";
import { createPolicyMaker, member } from "./support/createPolicyMaker.ts";
import { type Rollup, startRollup } from "./support/startRollup.ts";
import { untilEqual } from "./support/untilEqual.ts";

describe("a policy's binary cache", function () {
  this.timeout(300_000);
  let rollup: Rollup;
  let deployment: Deployment;
  let indexer: Indexer;
  let nix: RealNix;
  let folder: string;
  let upstream: ServerType;
  /** What the upstream cache does to a file before it sends it. */
  let change: (bytes: Buffer, name: string) => Buffer | Promise<Buffer>;
  let members: [Address, Address, Address];
  let stranger: Address;
  let twoOfThree: Address;
  let other: Address;
  let strangers: Address;

  const narOf = (path: string) => encodeNar(file(`built ${path}\n`));
  const outputOf = (name: string, changes: Partial<RegistryOutput> = {}): RegistryOutput => {
    const path = storePath("policy cache", name);
    const nar = narOf(path);
    const narHash: Hex = `0x${createHash("sha256").update(nar).digest("hex")}`;
    return helloOutput(name, {
      ...{ storePath: path, drvPath: storePath("derivation", `${name}.drv`) },
      ...{ narHash, narSize: BigInt(nar.length), references: [] },
      ...changes,
    });
  };
  const library = outputOf("library");
  const program = outputOf("program", { references: [library.storePath] });
  const hashPartOf = ({ storePath: path }: RegistryOutput) => path.slice(11, 43);

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "cartenix-policy-cache-"));
    [rollup, nix] = await Promise.all([startRollup(), openNix()]);
    deployment = await rollup.deploy();
    await nix.run("nix key generate-secret --key-name cache > secret");
    const url = await serveUpstream();
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
        substituter: {
          directory: join(folder, "nars"),
          caches: [url],
          signingKeyFile: join(nix.folder, "secret"),
        },
      },
    });
    const { makeAuthority, makeApplication, makePolicy } = createPolicyMaker(rollup, deployment);
    const { authority, consensusOrigin } = await makeAuthority();
    const make = () => makeApplication(authority, consensusOrigin);
    members = [await make(), await make(), await make()];
    stranger = await make();
    const terms = { threshold: 2, contradictions: Contradictions.Refuse };
    twoOfThree = await makePolicy({ ...terms, members: members.map((application) => member(application)) });
    other = await makePolicy({ ...terms, threshold: 1, members: [member(members[2])] });
    strangers = await makePolicy({ ...terms, threshold: 1, members: [member(stranger)] });
    await record([library, program], members[0], members[1]);
  });

  after(async () => {
    await indexer?.stop();
    await rollup?.stop();
    upstream?.close();
    await nix?.close();
    await rm(folder, { recursive: true, force: true });
  });

  beforeEach(async () => {
    change = (bytes) => bytes;
    for (const name of await readdir(join(folder, "nars"))) {
      await rm(join(folder, "nars", name));
    }
  });

  /** A cache that Nix wrote, without signatures, on the network. */
  async function serveUpstream(): Promise<string> {
    const stream = encodeExport(
      [library, program].map(({ storePath: path, references }) => ({
        ...{ path, nar: narOf(path), references: [...references], deriver: undefined },
      })),
    );
    await writeFile(`${nix.folder}/built.export`, stream);
    await nix.run(`
      nix-store --import < built.export
      nix copy --to "file:///stage/cache?compression=none" ${program.storePath}
      nix-store --delete --ignore-liveness ${program.storePath} ${library.storePath}`);
    const app = new Hono();
    app.get("/*", async (c) => {
      const name = c.req.path.slice(1);
      const bytes = await readFile(join(nix.folder, "cache", name)).catch(() => undefined);
      return bytes === undefined ? c.notFound() : c.body(Uint8Array.from(await change(bytes, name)));
    });
    upstream = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 });
    await new Promise((resolve) => upstream.once("listening", resolve));
    return `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  }

  /** Lets applications record outputs, and waits until they are indexed. */
  async function record(outputs: RegistryOutput[], ...applications: Address[]): Promise<void> {
    for (const application of applications) {
      await rollup.record(application, deployment.registry, outputs);
    }
    const last = { storePath: outputs.at(-1)!.storePath, application: applications.at(-1)!.toLowerCase() };
    await untilEqual(async () => {
      const { outputs: found } = await indexer.query<{ outputs: { items: { storePath: string }[] } }>(
        `query ($storePath: String, $application: String) {
          outputs(where: { storePath: $storePath, applicationAddress: $application }) { items { storePath } } }`,
        last,
      );
      return found.items.length;
    }, 1);
  }

  const cacheOf = (policy: Address) => `${indexer.url}/cache/31337/${policy}`;
  const get = async (policy: Address, place: string) => fetch(`${cacheOf(policy)}/${place}`);
  const statusOf = async (policy: Address, output: RegistryOutput) =>
    (await get(policy, `${hashPartOf(output)}.narinfo`)).status;
  const keyOf = async (policy: Address) => (await (await get(policy, "public-key")).text()).trim();

  /** Has the real Nix fetch the program and what it refers to. */
  async function substitute(policy: Address): Promise<string> {
    const output = await nix.run(
      `trap 'rm -rf ~/.cache/nix
         nix-store --delete --ignore-liveness ${program.storePath} ${library.storePath} > /dev/null 2>&1 || true' EXIT
       nix-store --realise ${program.storePath} --option substitute true --option download-attempts 1 \
         --option substituters ${cacheOf(policy)} --option trusted-public-keys '${await keyOf(policy)}' 2>&1
       nix-store -q --references ${program.storePath}
       cat ${program.storePath}`,
      { network: true },
    );
    return new TextDecoder().decode(output);
  }

  it("gives the real Nix a path and what it refers to, signed by the policy's own key", async () => {
    const printed = await substitute(twoOfThree);
    assert.match(printed, new RegExp(`^${library.storePath}$`, "m"));
    assert.match(printed, new RegExp(`^built ${program.storePath}$`, "m"));
    assert.equal((await readdir(join(folder, "nars"))).length, 2);
  });

  it("serves no byte of what a source changed, and keeps none", async () => {
    change = (bytes, name) => (name.startsWith("nar/") ? flip(bytes) : bytes);
    await assert.rejects(substitute(twoOfThree));
    assert.deepEqual(await readdir(join(folder, "nars")), []);
  });

  it("is not believed by the real Nix where bytes were changed on the way", async () => {
    await substitute(twoOfThree);
    for (const name of await readdir(join(folder, "nars"))) {
      const path = join(folder, "nars", name);
      await writeFile(path, flip(await readFile(path)));
    }
    await assert.rejects(substitute(twoOfThree), /hash mismatch/);
  });

  it("has what its own policy accepts, and nothing that others do", async () => {
    const mine = outputOf("of-the-stranger");
    await record([mine], stranger);
    assert.equal(await statusOf(twoOfThree, program), 200);
    assert.equal(await statusOf(other, program), 404);
    assert.equal(await statusOf(twoOfThree, mine), 404);
    // the stranger's own policy accepts it, but no source has it
    const response = await get(strangers, `${hashPartOf(mine)}.narinfo`);
    assert.match(await response.text(), /^accepted, but no source has its NAR/);
    const { url } = parseNarInfo(await (await get(twoOfThree, `${hashPartOf(program)}.narinfo`)).text());
    assert.equal((await get(twoOfThree, url)).status, 200);
    assert.equal((await get(other, url)).status, 404);
  });

  it("signs with a key for each policy, so that nobody's own policy can speak for another", async () => {
    await record([program], stranger);
    const infos = await Promise.all(
      [twoOfThree, strangers].map(async (policy) =>
        parseNarInfo(await (await get(policy, `${hashPartOf(program)}.narinfo`)).text()),
      ),
    );
    const keys = await Promise.all([twoOfThree, strangers].map(keyOf));
    const isSigned = infos.map((info) =>
      keys.map((key) => isSignedBy(key, narInfoFingerprint(info), info.signatures[0]!)),
    );
    assert.deepEqual(isSigned, [
      [true, false],
      [false, true],
    ]);
    assert.match(keys[0]!, new RegExp(`^cache-31337-${twoOfThree}:`));
  });

  it("is not misled by other paths with the same 32 characters", async () => {
    const hashPart = hashPartOf(outputOf("alike"));
    const keyOfPath = ({ storePath: path }: RegistryOutput) => BigInt(keccak256(stringToBytes(path)));
    const alike = Array.from({ length: 30 }, (_, place) => ({
      ...outputOf(`alike-${place}`),
      storePath: `/nix/store/${hashPart}-alike-${place}`,
    })).toSorted((a, b) => (keyOfPath(a) < keyOfPath(b) ? -1 : 1));
    const honest = alike.pop()!;
    await record(alike, stranger);
    await record([...alike, honest], members[0]);
    await record([honest], members[1]);
    const response = await get(twoOfThree, `${hashPart}.narinfo`);
    assert.match(await response.text(), /^accepted, but no source/);
    // where a policy's members accept two of them, it cannot be known which is meant
    const both = outputOf("both");
    await record([both], members[0], members[1]);
    await record([{ ...both, storePath: `${both.storePath}-too` }], members[0], members[1]);
    assert.equal(await statusOf(twoOfThree, both), 404);
  });

  it("asks as many members for the references as for the hash", async () => {
    const change = { narHash: hashOf("lied about"), narSize: 500n };
    const honest = outputOf("lied-about", { ...change, references: [library.storePath] });
    const lie = { ...honest, references: [library.storePath, program.storePath] };
    await record([honest], members[0]);
    await record([lie], members[1]);
    const read = async () => (await get(twoOfThree, `${hashPartOf(honest)}.narinfo`)).text();
    assert.match(await read(), /^not accepted/);
    await record([honest], members[2]);
    assert.match(await read(), /^accepted, but no source/);
  });

  it("answers a clear no where members state a size that no content has", async () => {
    const output = outputOf("of-any-size", { narSize: 2n ** 64n - 1n });
    await record([output], members[0], members[1]);
    const response = await get(twoOfThree, `${hashPartOf(output)}.narinfo`);
    assert.deepEqual([response.status, await response.text()], [404, "not accepted\n"]);
  });

  it("is there for policies alone", async () => {
    assert.equal((await get(twoOfThree, "nix-cache-info")).status, 200);
    for (const place of [
      `31337/${stranger}/nix-cache-info`,
      `1/${twoOfThree}/nix-cache-info`,
      `31337/0x12/nix-cache-info`,
      `999999999999999999999/${twoOfThree}/nix-cache-info`,
      `31337/${twoOfThree}/..%2f..%2fsecret`,
      `31337/${twoOfThree}/log/${program.drvPath.slice(11)}`,
    ]) {
      assert.equal((await fetch(`${indexer.url}/cache/${place}`)).status, 404, place);
    }
  });

  it("answers HEAD without reading a NAR", async () => {
    const { url, narSize } = parseNarInfo(
      await (await get(twoOfThree, `${hashPartOf(program)}.narinfo`)).text(),
    );
    const response = await fetch(`${cacheOf(twoOfThree)}/${url}`, { method: "HEAD" });
    assert.equal(response.headers.get("content-length"), String(narSize));
  });

  it("answers so many requests at a time, and the others when there is room again", async () => {
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    change = async (bytes) => {
      await released;
      return bytes;
    };
    const place = `${hashPartOf(program)}.narinfo`;
    const waiting = Array.from({ length: MAX_CACHE_REQUESTS }, () => get(twoOfThree, place));
    const statusOfCache = async () => (await get(twoOfThree, "nix-cache-info")).status;
    await untilEqual(statusOfCache, 503).finally(release);
    const statuses = (await Promise.all(waiting)).map(({ status }) => status);
    assert.deepEqual(new Set(statuses), new Set([200]));
    assert.equal(await statusOfCache(), 200);
  });

  it("is refused wrong settings, saying which", () => {
    const settings = (substituter: unknown, nodes: unknown = []) => ({
      chains: [{ rpcUrls: ["http://127.0.0.1:1"], deployments: [formatDeployment(deployment)], nodes }],
      database: { kind: "pglite", directory: "/x" },
      substituter,
    });
    const node = { url: "http://127.0.0.1:1", application: deployment.application };
    for (const [wrong, why] of [
      [settings({}), /substituter\.directory/],
      [settings({ directory: "x" }), /substituter\.directory: is not an absolute path/],
      [
        settings({ directory: "/x", signingKeyFile: "x" }),
        /substituter\.signingKeyFile: is not an absolute path/,
      ],
      [
        settings({ directory: "/x", caches: ["file:///etc"] }),
        /substituter\.caches\.0: is not an address of HTTP/,
      ],
      [settings({ directory: "/x", maxBytes: -1 }), /substituter\.maxBytes/],
      [settings({ directory: "/x", key: "x" }), /substituter: Unrecognized key/],
      [
        settings(undefined, [{ ...node, application: "0x12" }]),
        /chains\.0\.nodes\.0\.application: is not an address/,
      ],
      [settings(undefined, [node, node]), /chains\.0\.nodes: an application has two nodes/],
    ] as const) {
      assert.throws(() => parseSettings(wrong), why);
    }
    assert.equal(parseSettings(settings({ directory: "/x" })).substituter?.maxBytes, 20e9);
  });
});

function flip(bytes: Buffer): Buffer {
  return Buffer.from(bytes.map((byte, index) => (index === 120 ? byte ^ 1 : byte)));
}
