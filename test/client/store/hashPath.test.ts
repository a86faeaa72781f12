import assert from "node:assert/strict";
import { appendFile, chmod, mkdir, rename, rm, symlink, truncate, utimes, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import fc from "fast-check";
import { after, before, describe, it } from "mocha";
import {
  hashPath,
  PathChangedError,
  streamPathNar,
  UnreadablePathError,
  UnsupportedFileError,
} from "../../../client/store/index.ts";
import { narNode } from "../../../fuzz/generators/nixArbitraries.ts";
import { openNix, type RealNix } from "../../../fuzz/openNix.ts";
import { makeScratchFolder, type ScratchFolder } from "../../../machine/packages/index.ts";
import { encodeNar, formatBase32, type NarNode } from "../../../nix/index.ts";
import { fuzzRuns } from "../../nix/support/fuzzRuns.ts";
import { directory, file, link, program } from "../../nix/support/nodes.ts";
import { writeTree } from "../../nix/support/writeTree.ts";

const CHUNK_BYTES = 256 * 1024;

describe("hashing a path", function () {
  this.timeout(120_000);
  let scratch: ScratchFolder;
  let places = 0;

  before(() => {
    scratch = makeScratchFolder("hash-path");
  });
  after(() => scratch[Symbol.asyncDispose]());

  const newPlace = () => join(scratch.path, String(places++));
  const written = async (node: NarNode) => {
    const place = newPlace();
    await writeTree(place, node);
    return place;
  };
  const narOf = async (place: string) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of streamPathNar(place)) {
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  };

  describe("agrees with the real Nix", function () {
    this.timeout(600_000);
    let nix: RealNix;
    before(async () => {
      nix = await openNix();
    });
    after(() => nix?.close());

    it("on any tree: odd names, executables, symlinks, empty and deep folders, files around a chunk's length", async () => {
      let deep: NarNode = file("at the bottom");
      for (let depth = 0; depth < 300; depth++) {
        deep = directory(["deeper", deep]);
      }
      const lengths = [-8_300, -8_192, -100, -1, 0, 1, 7, 8_192, CHUNK_BYTES].map((by) => CHUNK_BYTES + by);
      const long = lengths.map((length): [string, NarNode] => [`${length}`, file(Buffer.alloc(length, "x"))]);
      const many = Array.from({ length: 3_000 }, (_, index): [string, NarNode] => [`f${index}`, file("")]);
      const trees = [
        deep,
        directory(...long),
        directory(...many),
        directory(
          [Buffer.from([0xff, 0x80]), program("")],
          ["\u{1f600}", link("\uff5e")],
          ["\uff5e", file("")],
        ),
        directory(["empty", directory()], ["link", link(Buffer.from([0xc3, 0x28]))]),
        link("/nowhere"),
        program("#!"),
        ...fc.sample(narNode, fuzzRuns(40)),
      ];
      await mkdir(`${nix.folder}/trees`);
      for (const [index, tree] of trees.entries()) {
        await writeTree(`${nix.folder}/trees/${index}`, tree);
      }
      const hashes = await nix.run(`cd trees; nix-hash --type sha256 --base32 $(seq 0 ${trees.length - 1})`);
      const lines = new TextDecoder().decode(hashes).trim().split("\n");
      assert.equal(lines.length, trees.length);
      for (const [index, tree] of trees.entries()) {
        const place = `${nix.folder}/trees/${index}`;
        const { sha256, size } = await hashPath(place);
        assert.equal(formatBase32(sha256), lines[index], `tree ${index}`);
        const nar = await narOf(place);
        assert.equal(size, nar.length);
        assert.ok(nar.equals(encodeNar(tree)), `tree ${index}`);
      }
    });
  });

  it("does not follow a symlink, even with a slash at its end, and resolves a relative path", async () => {
    const place = newPlace();
    await symlink("elsewhere", place);
    const nar = encodeNar(link("elsewhere"));
    assert.deepEqual(await narOf(place), Buffer.from(nar));
    assert.deepEqual(await narOf(`${place}/`), Buffer.from(nar));
  });

  it("refuses what is not there, what may not be read, and what no store path can hold", async () => {
    await assert.rejects(hashPath("/nowhere/at all\u001b[2J"), (error) => {
      assert.ok(error instanceof UnreadablePathError);
      assert.match(error.message, /^\/nowhere\/at all\\u\{1b\}\[2J does not exist/);
      return true;
    });

    const tree = await written(directory(["secret", file("x")]));
    await chmod(scratch.path, 0o755);
    await chmod(join(tree, "secret"), 0);
    await withoutRoot(() =>
      assert.rejects(hashPath(tree), (error) => {
        assert.ok(error instanceof UnreadablePathError);
        assert.match(error.message, /cannot read .*secret\n {2}details: EACCES/);
        return true;
      }),
    );

    const folder = await written(directory());
    const server = createServer().listen(join(folder, "socket"));
    await new Promise((resolve) => server.once("listening", resolve));
    await assert.rejects(hashPath(folder), UnsupportedFileError);
    await assert.rejects(hashPath("/dev/null"), UnsupportedFileError);
    server.close();
  });

  describe("notices that, while it is read,", () => {
    const changing = async (change: (tree: string) => Promise<void>) => {
      const contents = Buffer.alloc(3 * CHUNK_BYTES, "x");
      const tree = await written(directory(["a", file(contents)], ["b", directory()], ["c", file("")]));
      const longAgo = new Date(0);
      await utimes(join(tree, "a"), longAgo, longAgo);
      await assert.rejects(async () => {
        let isFirst = true;
        for await (const _chunk of streamPathNar(tree)) {
          if (isFirst) {
            await change(tree);
          }
          isFirst = false;
        }
      }, PathChangedError);
    };

    it("a file becomes shorter, longer, or another of the same length", async () => {
      await changing((tree) => truncate(join(tree, "a"), CHUNK_BYTES));
      await changing((tree) => appendFile(join(tree, "a"), "x"));
      await changing((tree) => writeFile(join(tree, "a"), Buffer.alloc(3 * CHUNK_BYTES, "y")));
    });

    it("something vanishes or becomes of another kind", async () => {
      await changing((tree) => rm(join(tree, "b"), { recursive: true }));
      await changing(async (tree) => {
        await rename(join(tree, "b"), join(tree, "d"));
        await writeFile(join(tree, "b"), "");
      });
      await changing(async (tree) => {
        await rm(join(tree, "c"));
        await symlink("a", join(tree, "c"));
      });
    });
  });

  it("ends when it is told to, in the middle of a file", async () => {
    const place = newPlace();
    await writeFile(place, "");
    await truncate(place, 2 ** 40); // a hole, which takes no space but would take ten minutes
    await assert.rejects(hashPath(place, { signal: AbortSignal.timeout(50) }), { name: "TimeoutError" });
    await assert.rejects(hashPath(place, { signal: AbortSignal.abort() }), { name: "AbortError" });
  });

  it("takes no more memory for a long file", async () => {
    const place = newPlace();
    await writeFile(place, "");
    await truncate(place, 512 * 1024 * 1024);
    const before = process.memoryUsage().rss;
    const { size } = await hashPath(place);
    assert.equal(size, 512 * 1024 * 1024 + 112);
    const grownBytes = process.memoryUsage().rss - before;
    assert.ok(grownBytes < 64 * 1024 * 1024, `${grownBytes} bytes`);
  });
});

/** Root may read everything, so what must not be readable is tested as nobody. */
async function withoutRoot(work: () => Promise<void>): Promise<void> {
  const isRoot = process.getuid!() === 0;
  if (isRoot) {
    process.seteuid!(65_534);
  }
  try {
    await work();
  } finally {
    if (isRoot) {
      process.seteuid!(0);
    }
  }
}
