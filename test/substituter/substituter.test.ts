import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ServerType, serve } from "@hono/node-server";
import { Hono } from "hono";
import { after, afterEach, before, beforeEach, describe, it } from "mocha";
import { openNix, type RealNix } from "../../fuzz/openNix.ts";
import { encodeExport, encodeNar, formatBase32 } from "../../nix/index.ts";
import {
  type AcceptedOutput,
  cacheNars,
  createSubstituter,
  isSignedBy,
  type NarFiles,
  type NarSource,
  narInfoFingerprint,
  openNarFiles,
  parseNarInfo,
  parseSigningKey,
  type SigningKey,
} from "../../substituter/index.ts";
import { file } from "../nix/support/nodes.ts";

const MAX_BYTES = 1_000_000;

describe("a substituter", function () {
  this.timeout(120_000);
  let nix: RealNix;
  let key: SigningKey;
  let folder: string;
  let files: NarFiles;
  let servers: ServerType[];
  let errors: string[];

  const path = (digit: string) => `/nix/store/${digit.repeat(32)}-built`;
  const narOf = (storePath: string) => encodeNar(file(`built ${storePath}\n`));
  const outputOf = (digit: string, references: string[] = []): AcceptedOutput => {
    const nar = narOf(path(digit));
    return {
      storePath: path(digit),
      narHash: createHash("sha256").update(nar).digest(),
      narSize: nar.length,
      references,
    };
  };
  const library = outputOf("1");
  const program = outputOf("2", [path("1")]);
  const accepted = new Map([library, program].map((output) => [output.storePath.slice(11, 43), output]));
  const findAccepted = async (hashPart: string) => accepted.get(hashPart);

  before(async () => {
    nix = await openNix();
    await nix.run("nix key generate-secret --key-name test-1 > secret");
    key = parseSigningKey(await readFile(`${nix.folder}/secret`, "utf8"));
    const stream = encodeExport(
      [library, program].map(({ storePath, references }) => ({
        path: storePath,
        nar: narOf(storePath),
        references: [...references],
        deriver: undefined,
      })),
    );
    await writeFile(`${nix.folder}/built.export`, stream);
    await nix.run(`
      nix-store --import < built.export
      for compression in none xz gzip br zstd; do
        nix copy --to "file:///stage/$compression?compression=$compression&secret-key=/stage/secret" ${program.storePath}
      done
      nix-store --delete --ignore-liveness ${program.storePath} ${library.storePath}`);
  });
  after(() => nix?.close());

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "cartenix-substituter-"));
    files = await openNarFiles(folder, { maxBytes: MAX_BYTES });
    servers = [];
    errors = [];
  });
  afterEach(async () => {
    for (const server of servers) {
      server.close();
      (server as unknown as { closeAllConnections(): void }).closeAllConnections();
    }
    await rm(folder, { recursive: true, force: true });
  });

  async function listen(app: Hono): Promise<string> {
    const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 });
    servers.push(server);
    await new Promise((resolve) => server.once("listening", resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  const memory = (
    nars: (storePath: string) => Uint8Array | undefined = narOf,
    name = "memory",
  ): NarSource => ({
    name,
    async find({ storePath }) {
      const nar = nars(storePath);
      return nar && { signatures: [], open: () => pieces(nar) };
    },
  });
  const start = (sources: readonly NarSource[], { isSigned = true } = {}) =>
    listen(
      createSubstituter({
        ...{ findAccepted, sources, files },
        findSigningKey: () => (isSigned ? key : undefined),
        onError: (error) => errors.push(error),
      }),
    );

  /** A cache that Nix wrote to a folder, on the network. */
  const upstream = (name: string) => {
    const app = new Hono();
    app.get("/*", async (c) => {
      const wanted = c.req.path.slice(1);
      const bytes = await readFile(join(nix.folder, name, wanted)).catch(() => undefined);
      return bytes === undefined ? c.notFound() : c.body(Uint8Array.from(bytes));
    });
    return listen(app);
  };

  /** Has the real Nix fetch the program and what it refers to. */
  const substitute = async (url: string) => {
    const output = await nix.run(
      `nix-store --realise ${program.storePath} --option substitute true \
         --option substituters ${url} --option trusted-public-keys '${key.publicKey}' 2>&1
       nix-store -q --references ${program.storePath}
       cat ${program.storePath}; rm -f /nix/var/nix/*.sqlite-journal
       rm -rf ~/.cache/nix
       nix-store --delete --ignore-liveness ${program.storePath} ${library.storePath} > /dev/null 2>&1`,
      { network: true },
    );
    return new TextDecoder().decode(output);
  };

  it("gives the real Nix a path and what it refers to", async () => {
    const printed = await substitute(await start([memory()]));
    assert.match(printed, new RegExp(`^${library.storePath}$`, "m"));
    assert.match(printed, new RegExp(`^built ${program.storePath}$`, "m"));
    assert.equal((await readdir(folder)).length, 2);
  });

  it("serves no byte of a NAR that was changed, and keeps none", async () => {
    const url = await start([
      memory((storePath) => narOf(storePath).map((byte, index) => (index === 120 ? byte ^ 1 : byte)), "liar"),
    ]);
    await assert.rejects(substitute(url));
    assert.match(errors.join("\n"), /from liar is not the accepted one/);
    assert.deepEqual(await readdir(folder), []);
  });

  it("refuses a NAR that is too long before it is there", async () => {
    let sent = 0;
    const endless: NarSource = {
      name: "endless",
      find: async () => ({
        signatures: [],
        async *open() {
          for (;;) {
            sent += 1;
            yield new Uint8Array(1_000);
          }
        },
      }),
    };
    const url = await start([endless]);
    const response = await fetch(`${url}/nar/${formatBase32(library.narHash)}-${"1".repeat(32)}.nar`);
    assert.equal(response.status, 502);
    assert.ok(sent < 10);
    assert.deepEqual(await readdir(folder), []);
  });

  it("passes over a source that fails or lies, and takes the next", async () => {
    const broken: NarSource = { name: "broken", find: () => Promise.reject(new Error("down")) };
    const liar = memory((storePath) => encodeNar(file(`not ${storePath}`)), "liar");
    const printed = await substitute(await start([broken, liar, memory()]));
    assert.match(printed, new RegExp(`^built ${program.storePath}$`, "m"));
    assert.match(errors.join("\n"), /down[\s\S]*from liar is/);
  });

  for (const compression of ["none", "xz", "gzip", "br", "zstd"]) {
    it(`reads the caches that Nix writes, and keeps their signatures: ${compression}`, async () => {
      const url = await start([cacheNars(await upstream(compression))], { isSigned: false });
      const info = parseNarInfo(await (await fetch(`${url}/${"2".repeat(32)}.narinfo`)).text());
      assert.ok(isSignedBy(key.publicKey, narInfoFingerprint(program), info.signatures[0]!));
      const nar = await fetch(`${url}/${info.url}`);
      assert.deepEqual(Buffer.from(await nar.arrayBuffer()), Buffer.from(narOf(program.storePath)));
      assert.deepEqual(errors, []);
    });
  }

  it("follows no cache that names a file elsewhere", async () => {
    for (const elsewhere of [
      "http://127.0.0.1:1/x.nar",
      "//127.0.0.1:1/x.nar",
      "../../x.nar",
      "file:///etc/passwd",
    ]) {
      errors.length = 0;
      const app = new Hono();
      app.get("/cache/*", async (c) => {
        const text = await readFile(`${nix.folder}/none/${"1".repeat(32)}.narinfo`, "utf8");
        return c.text(text.replace(/^URL: .*$/m, `URL: ${elsewhere}`));
      });
      const url = await start([cacheNars(`${await listen(app)}/cache`)]);
      assert.equal((await fetch(`${url}/${"1".repeat(32)}.narinfo`)).status, 404, elsewhere);
      assert.match(errors.join(), /names a file outside of it/, elsewhere);
    }
  });

  it("does not wait long for a silent source to sign what is on the disk already", async () => {
    await files.add(library, pieces(narOf(library.storePath)), "memory");
    const silent: NarSource = {
      name: "silent",
      find: (_, signal) => new Promise((_, reject) => signal.addEventListener("abort", reject)),
    };
    const began = performance.now();
    const url = await start([silent]);
    assert.equal((await fetch(`${url}/${"1".repeat(32)}.narinfo`)).status, 200);
    assert.ok(performance.now() - began < 10_000);
  });

  it("answers HEAD with the length, and opens no file", async () => {
    await files.add(library, pieces(narOf(library.storePath)), "memory");
    files = { ...files, read: () => assert.fail("read a NAR that nobody wants") };
    const place = `nar/${formatBase32(library.narHash)}-${"1".repeat(32)}.nar`;
    const response = await fetch(`${await start([])}/${place}`, { method: "HEAD" });
    assert.equal(response.headers.get("content-length"), String(library.narSize));
  });

  it("shows the key that it signs with, if it does", async () => {
    const shown = async (isSigned: boolean) => {
      const response = await fetch(`${await start([], { isSigned })}/public-key`);
      return [response.status, await response.text()];
    };
    assert.deepEqual(await shown(true), [200, `${key.publicKey}\n`]);
    assert.deepEqual(await shown(false), [404, "what is served here is not signed\n"]);
  });

  it("derives keys for different purposes that do not verify each other's signatures", () => {
    const [one, same, two] = ["one", "one", "two"].map((purpose) => key.deriveFor(purpose));
    const fingerprint = narInfoFingerprint(library);
    assert.equal(one!.name, `${key.name}-one`);
    assert.equal(one!.publicKey, same!.publicKey);
    const signature = one!.sign(fingerprint);
    assert.ok(isSignedBy(one!.publicKey, fingerprint, signature));
    const claimed = signature.replace("-one:", "-two:");
    assert.ok(!isSignedBy(two!.publicKey, fingerprint, claimed));
    assert.ok(!isSignedBy(key.publicKey, fingerprint, signature.replace("-one:", ":")));
  });

  it("knows nothing of what is not accepted, nor of other hashes of what is", async () => {
    const url = await start([memory()]);
    const info = await (await fetch(`${url}/nix-cache-info`)).text();
    assert.equal(info, "StoreDir: /nix/store\nWantMassQuery: 1\nPriority: 30\n");
    const wrong = [
      `${"3".repeat(32)}.narinfo`,
      `${"E".repeat(32)}.narinfo`,
      `${"1".repeat(31)}.narinfo`,
      `nar/${"0".repeat(52)}-${"1".repeat(32)}.nar`,
      `nar/${formatBase32(library.narHash)}-${"2".repeat(32)}.nar`,
      `nar/..%2f..%2fetc%2fpasswd`,
      `log/${"1".repeat(32)}-built.drv`,
    ];
    for (const place of wrong) {
      assert.equal((await fetch(`${url}/${place}`)).status, 404, place);
    }
  });

  it("fetches a NAR once, however many ask for it at one time", async () => {
    let opened = 0;
    const slow: NarSource = {
      name: "slow",
      find: async ({ storePath }) => ({
        signatures: [],
        async *open() {
          opened += 1;
          await new Promise((resolve) => setTimeout(resolve, 200));
          yield narOf(storePath);
        },
      }),
    };
    const url = await start([slow]);
    const place = `${url}/nar/${formatBase32(library.narHash)}-${"1".repeat(32)}.nar`;
    const answers = await Promise.all(
      Array.from({ length: 10 }, async () => (await fetch(place)).arrayBuffer()),
    );
    assert.ok(answers.every((bytes) => Buffer.from(bytes).equals(narOf(library.storePath))));
    assert.equal(opened, 1);
    await (await fetch(place)).arrayBuffer();
    assert.equal(opened, 1);
  });

  it("keeps no NAR that is larger than all that it may keep", async () => {
    const small = await openNarFiles(folder, { maxBytes: library.narSize - 1 });
    await assert.rejects(small.add(library, pieces(narOf(library.storePath)), "memory"), /at most/);
    assert.deepEqual(await readdir(folder), []);
  });

  it("keeps no more on disk than it may, and drops what was read least recently", async () => {
    const small = await openNarFiles(folder, { maxBytes: library.narSize * 2 });
    const third = outputOf("4");
    for (const output of [library, program]) {
      await small.add(output, pieces(narOf(output.storePath)), "memory");
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    for await (const _ of small.read(library)) {
      // reading it makes it the more recent one
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
    await small.add(third, pieces(narOf(third.storePath)), "memory");
    assert.deepEqual(await Promise.all([library, program, third].map((output) => small.has(output))), [
      true,
      false,
      true,
    ]);
  });
});

async function* pieces(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 50) {
    yield bytes.subarray(at, at + 50);
  }
}
