import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ServerType, serve } from "@hono/node-server";
import { Hono } from "hono";
import { after, before, describe, it } from "mocha";
import { type BoundContent, boundContent } from "../../client/store/index.ts";
import { openNix, type RealNix } from "../../fuzz/openNix.ts";
import { encodeNar } from "../../nix/index.ts";
import {
  acceptedByChain,
  cacheNars,
  checkedNar,
  createSubstituter,
  type Decision,
  makeSigningKey,
  type NarInfo,
  narInfosOf,
  openNarFiles,
  parseNarInfo,
  parseSigningKey,
} from "../../substituter/index.ts";
import { directory, file, program } from "../nix/support/nodes.ts";

describe("content-addressed paths that the chain does not know", function () {
  this.timeout(120_000);
  const key = parseSigningKey(makeSigningKey("test"));
  const decisions: Decision[] = [];
  const servers: ServerType[] = [];
  let nix: RealNix;
  let folder: string;
  let url: string;
  /** By kind, as the real Nix made them. */
  let paths: Record<string, string>;

  before(async () => {
    nix = await openNix();
    folder = await mkdtemp(join(tmpdir(), "cartenix-addressed-"));
    const made = await nix.run(`
      mkdir tree && echo one > tree/one && ln -s one tree/two && printf 'flat file' > flat
      tree=$(nix-store --add tree) && flat=$(nix-store --add-fixed sha256 flat)
      flat512=$(nix-store --add-fixed sha512 tree/one) && md5=$(nix-store --add-fixed md5 flat)
      tree512=$(nix-store --add-fixed --recursive sha512 tree)
      echo 'builtins.toFile "text" "refers to \${builtins.toFile "other" "x"}"' > text.nix
      text=$(nix-instantiate --eval --read-write-mode text.nix | tr -d '"')
      echo "derivation { name = \\"d\\"; system = \\"x\\"; builder = \\"/bin/sh\\"; src = $tree; }" > drv.nix
      drv=$(nix-instantiate drv.nix 2> /dev/null)
      for kind in tree flat flat512 md5 tree512 text drv; do echo "$kind $(eval echo \\$$kind)"; done
      nix copy --to 'file:///stage/addressed?compression=none' $tree $flat $flat512 $md5 $tree512 $drv $text >&2
      nix-collect-garbage > /dev/null 2>&1`);
    const lines = new TextDecoder().decode(made).trim().split("\n");
    paths = Object.fromEntries(lines.map((line) => line.split(" ") as [string, string]));
    const cache = new Hono();
    cache.get("/*", async (c) => {
      const bytes = await readFile(join(nix.folder, "addressed", c.req.path)).catch(() => undefined);
      return bytes === undefined ? c.notFound() : c.body(Uint8Array.from(bytes));
    });
    const upstream = await listen(cache);
    const findAccepted = acceptedByChain({
      upstreams: [
        { name: upstream, findNarInfo: (part) => narInfosOf(upstream)(part, AbortSignal.timeout(9e3)) },
      ],
      findVerdict: async (storePath) => ({ storePath, verdict: "notRecorded", narHash: null, said: [] }),
      isRefused: () => false,
      onDecision: (decision) => decisions.push(decision),
    });
    const files = await openNarFiles(join(folder, "nars"), { maxBytes: 1e6 });
    url = await listen(
      createSubstituter({ findAccepted, files, sources: [cacheNars(upstream)], findSigningKey: () => key }),
    );
  });

  after(async () => {
    for (const server of servers) {
      server.close();
    }
    await nix?.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function listen(app: Hono): Promise<string> {
    const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 });
    servers.push(server);
    await new Promise((resolve) => server.once("listening", resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** Has the real Nix take a path: a derivation would be built if it were realised. */
  const substitute = (path: string) =>
    nix.run(
      `trap 'rm -rf ~/.cache/nix; nix-collect-garbage > /dev/null 2>&1' EXIT
       take() { ${path.endsWith(".drv") ? `nix copy --from ${url}` : "nix-store --realise"} "$@"; }
       take ${path} --option substitute true --option download-attempts 1 \
         --option substituters ${url} --option trusted-public-keys '${key.publicKey}' 2>&1
       nix-store --verify-path ${path}`,
      { network: true },
    );

  for (const [kind, contentAddress] of [
    ["tree", "source"],
    ["flat", "fixed"],
    ["flat512", "fixed"],
    ["tree512", "fixed"],
    ["text", "text"],
    ["drv", "text"],
  ] as const) {
    it(`gives the real Nix what proves itself: ${kind}`, async () => {
      const path = paths[kind]!;
      await substitute(path);
      const decision = decisions.findLast(({ storePath }) => storePath === path);
      assert.deepEqual([decision?.status, decision?.contentAddress], ["accepted", contentAddress]);
    });
  }

  it("passes on nothing by md5, which binds no content", async () => {
    const path = paths.md5!;
    assert.equal((await fetch(`${url}/${path.slice(11, 43)}.narinfo`)).status, 404);
    assert.deepEqual([decisions.at(-1)!.storePath, decisions.at(-1)!.status], [path, "unknown"]);
  });

  it("believes no content address that the name does not follow from", async () => {
    const info = async (kind: string): Promise<NarInfo> => {
      const place = join(nix.folder, "addressed", `${paths[kind]!.slice(11, 43)}.narinfo`);
      return parseNarInfo(await readFile(place, "utf8"));
    };
    const [tree, flat, text] = [await info("tree"), await info("flat"), await info("text")];
    const bound = ({ storePath: path, references }: NarInfo, contentAddress: string) =>
      boundContent({ path, references, contentAddress });
    assert.equal(bound(tree, tree.contentAddress!)?.kind, "source");
    const changed = tree.contentAddress!.replace(/.$/, (last) => (last === "0" ? "1" : "0"));
    for (const wrong of [
      changed,
      flat.contentAddress!,
      text.contentAddress!,
      "",
      "fixed:r:sha256:",
      "text",
    ]) {
      assert.equal(bound(tree, wrong), undefined, wrong);
    }
    assert.equal(bound({ ...text, references: [] }, text.contentAddress!), undefined);
    assert.equal(bound({ ...tree, references: [tree.storePath] }, tree.contentAddress!), undefined);
  });

  describe("whose cache states the hash of another content", () => {
    const contents = "the right contents";
    const digest = createHash("sha256").update(contents).digest();
    const content: BoundContent = { kind: "fixed", mode: "flat", algorithm: "sha256", digest };
    const passes = async (nar: Uint8Array, boundContent: BoundContent, pieceBytes: number) => {
      const output = {
        ...{ storePath: paths.flat!, narHash: createHash("sha256").update(nar).digest() },
        ...{ narSize: nar.length, references: [], boundContent },
      };
      const passed: Uint8Array[] = [];
      for await (const piece of checkedNar(output, pieces(nar, pieceBytes), () => "liar")) {
        passed.push(piece);
      }
      assert.ok(Buffer.concat(passed).equals(nar));
    };
    const right = encodeNar(file(contents));
    const recursive = (nar: Uint8Array): BoundContent => ({
      ...{ kind: "fixed", mode: "recursive", algorithm: "sha512" },
      digest: createHash("sha512").update(nar).digest(),
    });

    for (const pieceBytes of [1, 7, 8, 100, 1_000]) {
      it(`passes on the right one in pieces of ${pieceBytes} bytes`, async () => {
        await passes(right, content, pieceBytes);
        await passes(right, recursive(right), pieceBytes);
      });
    }

    const wrong: Record<string, Uint8Array> = {
      "another file": encodeNar(file("the wrong contents")),
      "an executable file": encodeNar(program(contents)),
      "a folder with it": encodeNar(directory(["x", file(contents)])),
      "padding that is not zeros": right.with(right.length - 17, 1),
      "more after the end": Buffer.concat([right, Buffer.alloc(1_000)]),
      "a part": right.subarray(0, -8),
      "its opening alone": right.subarray(0, 40),
    };
    for (const [what, nar] of Object.entries(wrong)) {
      it(`refuses ${what}`, async () => {
        for (const pieceBytes of [1, 1_000]) {
          await assert.rejects(passes(nar, content, pieceBytes), /is not what its name stands for/);
          await assert.rejects(passes(nar, recursive(right), pieceBytes), /is not what its name stands for/);
        }
      });
    }
  });
});

async function* pieces(bytes: Uint8Array, length: number): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) {
    yield bytes.subarray(at, at + length);
  }
}
