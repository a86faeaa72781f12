import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, it } from "mocha";
import { narNode } from "../../fuzz/generators/nixArbitraries.ts";
import { compareTrees } from "../../machine/handler/rebuilding/compareTrees.ts";
import { ReferenceScanner } from "../../machine/handler/rebuilding/referenceScanner.ts";
import { writeTreeNar } from "../../machine/handler/rebuilding/writeTreeNar.ts";
import { encodeNar, type NarNode } from "../../nix/index.ts";
import { directory, file, link, program } from "../nix/support/nodes.ts";
import { writeTree } from "../nix/support/writeTree.ts";

describe("trees on the disk", () => {
  let folder: string;
  let count: number;
  const writeNew = async (tree: NarNode): Promise<Buffer> => {
    count += 1;
    const place = Buffer.from(join(folder, String(count)));
    await writeTree(place, tree);
    return place;
  };

  beforeEach(() => {
    count = 0;
    folder = mkdtempSync(join(tmpdir(), "cartenix-trees-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("encode to the NAR that they were written from, and do not differ from themselves", async () => {
    await fc.assert(
      fc.asyncProperty(narNode, async (tree) => {
        const [first, second] = [await writeNew(tree), await writeNew(tree)];
        assert.deepEqual(narAt(first), Buffer.from(encodeNar(tree)));
        assert.deepEqual([...compareTrees(first, second)], []);
      }),
      { numRuns: 30 },
    );
  });

  it("differ when their NARs do", async () => {
    await fc.assert(
      fc.asyncProperty(narNode, narNode, async (one, other) => {
        const same = Buffer.from(encodeNar(one)).equals(encodeNar(other));
        const differences = [...compareTrees(await writeNew(one), await writeNew(other))];
        assert.equal(differences.length === 0, same);
      }),
      { numRuns: 30 },
    );
  });

  it("are compared file by file", async () => {
    const first = directory(
      ["a", file("same")],
      ["b", directory(["deep", file("one two")], ["gone", file("")])],
      ["c", file("x")],
      ["d", link("here")],
      ["e", directory()],
      [Uint8Array.of(0xff), file("same")],
    );
    const second = directory(
      ["a", file("same")],
      ["b", directory(["deep", file("one 2")])],
      ["c", program("x")],
      ["d", link("there\n")],
      ["e", file("")],
      ["f", directory()],
      [Uint8Array.of(0xff), file("same")],
    );
    assert.deepEqual(
      [...compareTrees(await writeNew(first), await writeNew(second))].map(
        ({ path, how }) => `${path} ${how}`,
      ),
      [
        "b/deep differs from byte 4",
        "b/gone is missing",
        "c was a file, is now a program",
        'd pointed to "here", now points to "there\\n"',
        "e was a folder, is now a file",
        "f is new",
      ],
    );
  });

  it("are compared up to the end of large files", async () => {
    const bytes = new Uint8Array(2 * 1024 * 1024);
    const differences = async (other: Uint8Array) => [
      ...compareTrees(await writeNew(file(bytes)), await writeNew(file(other))),
    ];
    assert.deepEqual(await differences(bytes), []);
    assert.deepEqual(await differences(bytes.with(bytes.length - 1, 1)), [
      { path: "", how: `differs from byte ${bytes.length - 1}` },
    ]);
    for (const length of [bytes.length + 1, bytes.length - 1]) {
      assert.deepEqual(await differences(new Uint8Array(length)), [
        { path: "", how: `differs from byte ${Math.min(length, bytes.length)}` },
      ]);
    }
  });

  it("are scanned for references, wherever their pieces are split", () => {
    const [here, absent, longer] = ["0", "1", "2"].map((digit) => `/nix/store/${digit.repeat(32)}-name`);
    const text = Buffer.from(`in /usr${here}/bin, ${absent!.slice(0, -6)} e, 00${longer!.slice(11)}`);
    for (let cut = 0; cut <= text.length; cut += 1) {
      const scanner = new ReferenceScanner([here!, absent!, longer!]);
      for (const piece of [text.subarray(0, cut), text.subarray(cut)]) {
        scanner.push(piece);
      }
      assert.deepEqual(scanner.references, [here, longer]);
    }
  });

  it("are read without following what they point to", async () => {
    writeFileSync(join(folder, "outside"), "secret");
    const path = await writeNew(link(join(folder, "outside")));
    assert.ok(!narAt(path).includes("secret"));
  });

  it("may be as deep as the kernel allows", () => {
    const [first, second] = ["1", "2"].map((name) => join(folder, name)) as [string, string];
    const depth = Math.floor((4_000 - first.length) / 2);
    for (const place of [first, second]) {
      mkdirSync(join(place, "d/".repeat(depth)), { recursive: true });
    }
    writeFileSync(join(second, "d/".repeat(depth), "f"), "");
    assert.ok(narAt(Buffer.from(first)).length > depth * 100);
    const [found] = compareTrees(Buffer.from(first), Buffer.from(second));
    assert.deepEqual(found, { path: `${"d/".repeat(depth)}f`, how: "is new" });
  });
});

function narAt(place: Buffer): Buffer {
  const pieces: Uint8Array[] = [];
  writeTreeNar(place, (piece) => pieces.push(piece));
  return Buffer.concat(pieces);
}
