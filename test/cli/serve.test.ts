import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, describe, it } from "mocha";
import type { Address, Hex } from "viem";
import { openNix, type RealNix } from "../../fuzz/openNix.ts";
import { encodeNar } from "../../nix/index.ts";
import { type Deployment, formatDeployment } from "../../protocol/deployments/index.ts";
import {
  isSignedBy,
  makeSigningKey,
  narInfoFingerprint,
  parseNarInfo,
  parseSigningKey,
} from "../../substituter/index.ts";
import { helloOutput, storePath } from "../contracts/support/sampleOutputs.ts";
import { createPolicyMaker } from "../indexer/support/createPolicyMaker.ts";
import { type Rollup, startRollup } from "../indexer/support/startRollup.ts";
import { file } from "../nix/support/nodes.ts";
import { largeNar } from "./support/largeNar.ts";
import { runJson } from "./support/runCartenix.ts";
import { type RunningCartenix, startCartenix } from "./support/startCartenix.ts";
import { type Offered, offerOf, startUpstream, type Upstream } from "./support/upstreamCache.ts";

const MEGABYTE_BYTES = 1e6;
const LARGE_BYTES = 200 * MEGABYTE_BYTES;

describe("cartenix serve", function () {
  this.timeout(240_000);
  let rollup: Rollup;
  let deployment: Deployment;
  let second: Address;
  let nix: RealNix;
  let folder: string;
  let upstream: Upstream;
  let other: Upstream;
  let running: RunningCartenix;
  let url: string;
  let key: string;

  const path = (name: string) => storePath("serve", name);
  const textOffer = (name: string, text: string, references: readonly string[] = []) =>
    offerOf(path(name), encodeNar(file(text)), references);
  const library = textOffer("library", "a library\n");
  const program = textOffer("program", `uses ${library.storePath}\n`, [library.storePath]);
  const pending = textOffer("pending", "nobody recorded it yet\n");
  const halfway = textOffer("halfway", "recorded by one of two\n");
  const changed = textOffer("changed", "as it was recorded\n");
  const twofold = textOffer("of-two-contents", "the accepted content\n");
  const long = textOffer("long", "a long text\n".repeat(100_000));
  const brokenOff = textOffer("broken-off", "another long text\n".repeat(50_000));
  const endless = textOffer("endless", "never comes\n".repeat(100_000));
  const signed = textOffer("signed", "signed by somebody\n");
  const inventing = textOffer("inventing", "refers to nothing\n");
  const hiding = textOffer("hiding", `names ${library.storePath}\n`, [library.storePath]);
  const many = Array.from({ length: 50 }, (_, index) =>
    textOffer(`many-${index}`, `${index}\n`.repeat(50_000)),
  );
  const large = largeNar(path("large"), LARGE_BYTES);
  const accepted = [
    ...[library, program, changed, twofold, long, brokenOff, endless, signed, inventing, hiding, large],
    ...many,
  ];

  const recordedAs = ({ storePath: of, narHash, narSize, references = [] }: Offered) =>
    helloOutput(of, {
      storePath: of,
      drvPath: storePath("derivation", `${of.slice(44)}.drv`),
      narHash: `0x${Buffer.from(narHash).toString("hex")}` as Hex,
      narSize: BigInt(narSize),
      references: [...references],
    });

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "cartenix-serve-"));
    [rollup, nix, upstream, other] = await Promise.all([
      startRollup(),
      openNix(),
      startUpstream(),
      startUpstream(),
    ]);
    deployment = await rollup.deploy();
    const maker = createPolicyMaker(rollup, deployment);
    const { authority, consensusOrigin } = await maker.makeAuthority();
    second = await maker.makeApplication(authority, consensusOrigin);
    for (const application of [deployment.application, second]) {
      await rollup.record(application, deployment.registry, accepted.map(recordedAs));
    }
    await rollup.record(second, deployment.registry, [recordedAs(halfway)]);
    await writeFile(join(folder, "deployment.json"), formatDeployment(deployment));
    upstream.offer(...accepted, pending, halfway);
    await start(["--cache", "http://127.0.0.1:1", upstream.url, other.url]);
  });

  after(async () => {
    await running?.interrupt();
    upstream?.stop();
    other?.stop();
    await Promise.all([rollup?.stop(), nix?.close()]);
    await rm(folder, { recursive: true, force: true });
  });

  afterEach(() => upstream.offer(...accepted));

  const environment = () => ({
    XDG_CONFIG_HOME: join(folder, "config"),
    CARTENIX_CACHE: join(folder, "cache"),
  });
  const connection = () => [
    ...["--rpc-url", rollup.chain.rpcUrl, "--deployment", join(folder, "deployment.json")],
    ...["--trust", `2 of (${deployment.application}, ${second})`, "--port", "0"],
  ];

  async function start(args: readonly string[]): Promise<void> {
    running = await startCartenix(["serve", ...connection(), ...args], environment());
    const line = await running.seen({ event: "listening" });
    assert.equal(line.schema, "cartenix.serve.v1");
    url = String(line.url);
    key = String(line.publicKey);
  }

  const narInfo = (offer: Offered) => fetch(`${url}/${offer.storePath.slice(11, 43)}.narinfo`);
  const infoOf = async (offer: Offered) => parseNarInfo(await (await narInfo(offer)).text());
  const narUrl = async (offer: Offered) => `${url}/${(await infoOf(offer)).url}`;
  const keptFiles = () => readdir(join(folder, "cache", "nars"));

  /** Has the real Nix fetch paths, print what it says, what the first one refers to, and its content. */
  async function realise(offers: readonly Offered[], options = ""): Promise<string> {
    const paths = offers.map((offer) => offer.storePath).join(" ");
    const output = await nix.run(
      `trap 'rm -rf ~/.cache/nix; nix-collect-garbage > /dev/null 2>&1' EXIT
       nix-store --realise ${paths} --option substitute true --option download-attempts 1 ${options} \
         --option substituters ${url} --option trusted-public-keys '${key}' 2>&1
       nix-store -q --references ${offers[0]!.storePath}
       cat ${offers[0]!.storePath}`,
      { network: true },
    );
    return new TextDecoder().decode(output);
  }

  it("gives the real Nix an accepted path and what it refers to, though one cache is down", async () => {
    const printed = await realise([program]);
    assert.match(printed, new RegExp(`^${library.storePath}$`, "m"));
    assert.match(printed, new RegExp(`^uses ${library.storePath}$`, "m"));
    const { from } = await running.seen({ event: "sent", storePath: program.storePath });
    assert.equal(from, upstream.url);
    await running.seen({ event: "decision", status: "accepted", storePath: library.storePath });
    const problems = running.lines.filter((line) => line.event === "problem");
    assert.match(String(problems[0]?.message), /no answer from http:\/\/127\.0\.0\.1:1\//);
  });

  for (const [what, offer, status] of [
    ["nobody recorded yet", pending, "unknown"],
    ["was recorded by too few", halfway, "policyNotMet"],
  ] as const) {
    it(`gives the real Nix no path that ${what}`, async () => {
      await assert.rejects(realise([offer]));
      await running.seen({ event: "decision", status, storePath: offer.storePath });
      assert.ok(!upstream.asked.some((place) => place.startsWith(`/nar/${offer.storePath.slice(11, 43)}`)));
    });
  }

  it("says of another hash than the accepted one that it differs", async () => {
    upstream.offer(textOffer("of-two-contents", "the other content\n"));
    await assert.rejects(realise([twofold]));
    const line = await running.seen({ event: "decision", status: "differs", storePath: twofold.storePath });
    assert.match(String(line.acceptedHash), /^sha256-/);
    assert.notEqual(line.acceptedHash, line.statedHash);
  });

  it("lets nobody take changed bytes for the accepted ones, and keeps none of them", async () => {
    upstream.offer(withBytes(changed, (bytes) => bytes.fill(1, bytes.length - 100)));
    const place = await narUrl(changed);
    const before = await keptFiles();
    await assert.rejects(realise([changed]));
    assert.equal((await fetch(place)).status, 502);
    assert.deepEqual(await keptFiles(), before);
    // the cache that lied is not asked for them again
    assert.equal((await narInfo(changed)).status, 404);
  });

  it("breaks the connection where the end of a NAR shows that it is wrong", async () => {
    upstream.offer(withBytes(long, (bytes) => bytes.fill(1, bytes.length - 100)));
    const response = await fetch(await narUrl(long));
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("content-length"), String(long.narSize));
    await assert.rejects(response.arrayBuffer());
    assert.deepEqual(
      (await keptFiles()).filter((name) => name.endsWith(".partial")),
      [],
    );
  });

  it("goes on with another cache where one breaks off", async () => {
    const whole = Buffer.concat([...(brokenOff.read() as Iterable<Uint8Array>)]);
    upstream.offer({
      ...brokenOff,
      async *read() {
        yield whole.subarray(0, 100_000);
        throw new Error("breaks off");
      },
    });
    other.offer({ ...brokenOff, read: () => [whole.subarray(0, 70_000), whole.subarray(70_000)] });
    const bytes = await (await fetch(await narUrl(brokenOff))).arrayBuffer();
    assert.ok(Buffer.from(bytes).equals(whole));
    await running.seen({ event: "sent", from: `${upstream.url} and ${other.url}` });
  });

  for (const [what, offer, stated, message] of [
    ["leaves out a reference", hiding, [], /names \/nix\/store\/[0-9a-z]{32}-…, which is not stated/],
    ["invents a reference", inventing, [library.storePath], /does not contain the stated .*-library/],
  ] as const) {
    it(`passes on nothing of a cache that ${what}, and asks the next one`, async () => {
      upstream.offer({ ...offer, references: stated });
      other.offer({ ...offer, delayMs: 500 });
      const wrong = await infoOf(offer);
      assert.deepEqual(wrong.references, stated);
      assert.equal((await fetch(`${url}/${wrong.url}`)).status, 502);
      const problems = running.lines.filter((line) => line.event === "problem");
      assert.match(String(problems.at(-1)!.message), message);
      assert.match(await realise([offer]), /./);
      assert.deepEqual((await infoOf(offer)).references, offer.references);
    });
  }

  it("keeps the signatures of the caches, and adds that of a key of one's own", async () => {
    const theirs = parseSigningKey(makeSigningKey("theirs"));
    const fingerprint = narInfoFingerprint({ ...signed, references: [] });
    upstream.offer({ ...signed, signatures: [theirs.sign(fingerprint)] });
    const info = await infoOf(signed);
    assert.equal(info.signatures.length, 2);
    assert.ok(isSignedBy(key, fingerprint, info.signatures[0]!));
    assert.ok(isSignedBy(theirs.publicKey, fingerprint, info.signatures[1]!));
    assert.equal(info.contentAddress, undefined);
  });

  it("makes its key once, for the user's eyes alone", async () => {
    const secret = join(folder, "config", "cartenix", "cache.key");
    assert.equal((await stat(secret)).mode & 0o777, 0o600);
    assert.equal(parseSigningKey(await readFile(secret, "utf8")).publicKey, key);
    await chmod(secret, 0o644);
    const { exitCode, answer } = await runJson(["serve", ...connection()], { environment: environment() });
    await chmod(secret, 0o600);
    assert.deepEqual([exitCode, answer.code], [10, "CACHE_KEY"]);
    assert.match(answer.message, /others may read/);
  });

  it("gives the real Nix 50 paths at once", async () => {
    await realise(many, "--max-substitution-jobs 50 --http-connections 50");
    await running.seen({ event: "sent", storePath: many.at(-1)!.storePath });
  });

  it("sends a NAR of 200 MB in constant memory, the second time from the disk", async () => {
    const place = await narUrl(large);
    const before = await peakMegabytes(running.pid);
    for (const from of [upstream.url, null]) {
      assert.equal(await hashOfBody(place), Buffer.from(large.narHash).toString("hex"));
      await running.seen({ event: "sent", storePath: large.storePath, from });
    }
    const grown = (await peakMegabytes(running.pid)) - before;
    assert.ok(grown < 100, `${grown} MB more`);
  });

  it("ends at Ctrl-C in the middle of a download, and leaves nothing half", async () => {
    upstream.offer({
      ...endless,
      async *read() {
        yield Buffer.alloc(300_000);
        yield Buffer.alloc(300_000);
        await new Promise(() => {});
      },
    });
    const response = await fetch(await narUrl(endless));
    await response.body!.getReader().read();
    assert.equal(await running.interrupt(), 130);
    assert.deepEqual(
      (await keptFiles()).filter((name) => name.endsWith(".partial")),
      [],
    );
    await start([]);
  });

  it("says that it cannot listen where something else does", async () => {
    const port = new URL(url).port;
    const { exitCode, answer } = await runJson(["serve", ...connection(), "--port", port], {
      environment: environment(),
    });
    assert.deepEqual([exitCode, answer.code], [10, "LISTEN"]);
  });
});

/** The same path, hash and size, with other bytes. */
function withBytes(offer: Offered, change: (bytes: Buffer) => void): Offered {
  const bytes = Buffer.concat([...(offer.read() as Iterable<Uint8Array>)]);
  change(bytes);
  return { ...offer, read: () => [bytes] };
}

async function hashOfBody(url: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of (await fetch(url)).body!) {
    hash.update(piece);
  }
  return hash.digest("hex");
}

async function peakMegabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)![1]) / 1e3;
}
