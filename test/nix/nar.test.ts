import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, it } from "mocha";
import { narWords } from "../../fuzz/generators/narWords.ts";
import { narNode } from "../../fuzz/generators/nixArbitraries.ts";
import {
  DEFAULT_NAR_LIMITS,
  decodeNar,
  encodeNar,
  formatHash,
  type NarEvent,
  NarFormatError,
  NarLimitError,
  type NarLimits,
  type NarNode,
  narEvents,
  narFileContents,
  narHash,
  narHashAsync,
  validateNar,
} from "../../nix/index.ts";
import { goldenTree } from "./golden/goldenTree.ts";
import { cpuSeconds } from "./support/cpuSeconds.ts";
import { fuzzRuns } from "./support/fuzzRuns.ts";
import { golden, goldenClosure, goldenInfo } from "./support/golden.ts";
import { mutatedBytes } from "./support/mutatedBytes.ts";
import { bytes, directory, file, link, program } from "./support/nodes.ts";
import { acceptedBy, refuses } from "./support/refuses.ts";

describe("nix: NAR", () => {
  it("encodes the golden tree as the real Nix does, and decodes it", () => {
    assert.deepEqual(encodeNar(goldenTree), golden("tree.nar"));
    assert.deepEqual(decodeNar(golden("tree.nar")), goldenTree);
  });

  it("hashes every path of the golden closure as the real Nix does", () => {
    for (const { path, nar } of goldenClosure) {
      const { sha256, size } = narHash(nar);
      assert.equal(formatHash({ algorithm: "sha256", digest: sha256 }, "sri"), goldenInfo[path]?.narHash);
      assert.equal(size, goldenInfo[path]?.narSize);
    }
  });

  it("decodes any tree that it encodes, and accepts only changed bytes that it would encode the same way", () => {
    fc.assert(
      fc.property(narNode, (node) => {
        const nar = encodeNar(node);
        assert.deepEqual(decodeNar(nar), node);
        validateNar(nar);
      }),
      { numRuns: fuzzRuns(300) },
    );
    fc.assert(
      fc.property(
        narNode.chain((node) => mutatedBytes(encodeNar(node))),
        (changed) => {
          const node = acceptedBy(() => decodeNar(changed));
          if (node !== undefined) {
            assert.deepEqual(encodeNar(node), changed);
          }
        },
      ),
      { numRuns: fuzzRuns(2000) },
    );
  });

  it("reads chunks of any size like the whole archive", async () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(narNode, sizes, async (node, lengths) => {
        const nar = encodeNar(node);
        const chunks = cut(nar, lengths);
        assert.deepEqual(joined(narEvents(chunks)), joined(narEvents([nar])));
        const expected = {
          sha256: new Uint8Array(createHash("sha256").update(nar).digest()),
          size: nar.length,
        };
        assert.deepEqual(narHash(chunks), expected);
        assert.deepEqual(await narHashAsync(slowly(chunks)), expected);
      }),
    );
  });

  it("yields its contents as events, in order", () => {
    const nar = encodeNar(
      directory(["a", program("x")], ["b", directory()], ["c", link("a")], ["d", file("")]),
    );
    const described = [...narEvents([nar])].map((event) => {
      if (event.kind === "entry") {
        return `entry ${new TextDecoder().decode(event.name)}`;
      }
      if (event.kind === "regular") {
        return `regular ${event.executable} ${event.size}`;
      }
      return event.kind;
    });
    const expected =
      "directory|entry a|regular true 1|contents|entry b|directory|leave|entry c|symlink|entry d";
    assert.equal(described.join("|"), `${expected}|regular false 0|leave`);
  });

  it("returns the contents of a single non-executable file, and of nothing else", () => {
    assert.deepEqual(narFileContents(encodeNar(file("abc"))), bytes("abc"));
    assert.deepEqual(narFileContents(encodeNar(file(""))), bytes(""));
    assert.equal(narFileContents(encodeNar(program("abc"))), undefined);
    assert.equal(narFileContents(encodeNar(link("abc"))), undefined);
    assert.equal(narFileContents(encodeNar(directory(["a", file("abc")]))), undefined);
    assert.throws(() => narFileContents(encodeNar(file("abc")).subarray(0, -1)), NarFormatError);
  });

  describe("refuses", () => {
    const root = ["nix-archive-1", "(", "type"];
    const entry = (name: string) => ["entry", "(", "name", name, "node", "(", "type", "directory", ")", ")"];
    const refused = (words: (string | Uint8Array)[], reason: RegExp) => {
      const nar = narWords(...words);
      refuses(() => validateNar(nar), NarFormatError, reason);
      refuses(() => decodeNar(nar), NarFormatError, reason);
      refuses(() => narHash([nar.subarray(0, 11), nar.subarray(11)]), NarFormatError, reason);
    };

    it("names that could escape the directory, and unsorted or duplicate entries", () => {
      const directoryOf = (...names: string[]) => [...root, "directory", ...names.flatMap(entry), ")"];
      validateNar(narWords(...directoryOf("...", "a")));
      for (const name of [".", ".."]) {
        refused(directoryOf(name), /"\." or "\.\."/);
      }
      for (const name of ["/", "a/b", "a/", "\0", "a\0"]) {
        refused(directoryOf(name), /"\/" or NUL/);
      }
      refused(directoryOf(""), /empty/);
      refused(directoryOf("a".repeat(256)), /256, more than 255/);
      refused(directoryOf("b", "a"), /unsorted/);
      refused(directoryOf("a", "a"), /duplicate/);
      refused(directoryOf("a", "B"), /unsorted/);
      refused(directoryOf("\u{1f600}", "\uff5e"), /unsorted/);
    });

    it("nodes of unknown kinds, and fields that are missing, duplicate, unknown or out of order", () => {
      refused(["nix-archive-2"], /nix-archive-1/);
      refused([...root, "fifo", ")", ")", ")"], /"regular", "symlink" or "directory"/);
      refused([...root, "regular", ")", ")", ")"], /"contents" or "executable"/);
      refused([...root, "regular", "executable", "x", "contents", "", ")"], /"executable"/);
      refused([...root, "regular", "contents", "", "executable", "", ")"], /"\)" after a node/);
      refused([...root, "regular", "contents", "", "contents", "", ")"], /"\)" after a node/);
      refused([...root, "symlink", "contents", "", ")"], /"target"/);
      refused([...root, "symlink", "target", "", ")"], /empty/);
      refused([...root, "symlink", "target", "a\0b", ")"], /NUL/);
      refused([...root, "symlink", "target", "a".repeat(4096), ")"], /more than 4095/);
      refused([...root, "directory", "entry", "(", "node", "(", "type"], /"entry" or "\)"/);
      refused([...root, "directory", "type", "directory", ")", ")", ")"], /"entry" or "\)"/);
    });

    it("stray bytes: after the end, in the padding, in a tag's padding", () => {
      const nar = encodeNar(file("abc"));
      refuses(() => validateNar(Uint8Array.of(...nar, 0)), NarFormatError, /trailing bytes/);
      refuses(() => narHash([nar, Uint8Array.of(0)]), NarFormatError, /trailing bytes/);
      refuses(() => validateNar(nar.with(nar.length - 17, 1)), NarFormatError, /padding/);
      refuses(() => validateNar(nar.with(nar.length - 1, 1)), NarFormatError, /"\)"/);
      refuses(() => validateNar(new Uint8Array(0)), NarFormatError, /unexpected end/);
    });

    it("an archive that is truncated anywhere", () => {
      const nar = encodeNar(directory(["a", program("contents")], ["b", link("a")]));
      for (let length = 0; length < nar.length; length++) {
        refuses(() => validateNar(nar.subarray(0, length)), NarFormatError, /unexpected end/);
      }
    });

    it("impossible lengths, before it allocates any memory for them", () => {
      const head = narWords(...root, "regular", "contents");
      for (const length of [0xffff_ffff_ffff_ffffn, 2n ** 63n, 2n ** 53n, 2n ** 53n - 1n, 2n ** 32n]) {
        const word = new Uint8Array(8);
        new DataView(word.buffer).setBigUint64(0, length, true);
        refuses(
          () => decodeNar(Uint8Array.of(...head, ...word)),
          NarFormatError,
          /more than|unexpected end|maxSize/,
        );
      }
    });
  });

  describe("limits", () => {
    const refused = (limit: keyof NarLimits, bound: number, node: NarNode) => {
      const nar = encodeNar(node);
      const limits = { ...DEFAULT_NAR_LIMITS, [limit]: bound };
      refuses(
        () => validateNar(nar, { ...limits, [limit]: bound - 1 }),
        NarLimitError,
        new RegExp(`${limit} = `),
      );
      validateNar(nar, limits);
    };

    it("are exact, for size, nodes, depth and path length", () => {
      const tree = directory(["a", directory(["bc", directory()])], ["d", file("x")]);
      refused("maxSize", encodeNar(tree).length, tree);
      refused("maxSize", encodeNar(file("x".repeat(99))).length, file("x".repeat(99)));
      refused("maxNodes", 4, tree);
      refused("maxDepth", 3, tree);
      refused("maxPathLength", 5, tree);
    });

    it("refuse a file by its length, before its contents arrive", () => {
      const nar = encodeNar(file(new Uint8Array(1000)));
      const limits = { ...DEFAULT_NAR_LIMITS, maxSize: 1000 };
      refuses(() => narHash([nar.subarray(0, 120)], limits), NarLimitError, /maxSize = 1000/);
    });

    it("do not use the call stack, whatever the depth", () => {
      const limits = { ...DEFAULT_NAR_LIMITS, maxDepth: 30_000, maxPathLength: 1e6 };
      let node: NarNode = directory();
      for (let depth = 1; depth < 30_000; depth++) {
        node = { kind: "directory", entries: [{ name: bytes("a"), node }] };
      }
      const nar = encodeNar(node);
      refuses(() => validateNar(nar), NarLimitError, /maxDepth = 512/);
      validateNar(nar, limits);
      let read: NarNode | undefined = decodeNar(nar, limits);
      let depth = 0;
      for (; read?.kind === "directory"; read = read.entries[0]?.node) {
        depth += 1;
      }
      assert.equal(depth, 30_000);
    });
  });

  it("takes time proportional to the size, whatever the chunks", () => {
    const names = Array.from({ length: 20_000 }, (_, index) => String(index).padStart(6, "0"));
    const nar = encodeNar(directory(...names.map((name): [string, NarNode] => [name, file(name)])));
    const seconds = cpuSeconds(() => {
      narHash(nar);
      narHash(cut(nar, [40]));
      narHash(cut(nar, [65_536]));
    });
    assert.ok(seconds < 10, `${seconds} s`);
  });
});

function cut(nar: Uint8Array, lengths: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let start = 0, turn = 0; start < nar.length; turn++) {
    const length = lengths[turn % lengths.length] as number;
    chunks.push(nar.subarray(start, start + Math.max(length, turn % 2)));
    start += Math.max(length, turn % 2);
  }
  return chunks;
}

async function* slowly(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) {
    yield await Promise.resolve(chunk);
  }
}

/** Events with the pieces of each file's contents joined. */
function joined(events: Iterable<NarEvent>): (NarEvent | number[])[] {
  const all: (NarEvent | number[])[] = [];
  for (const event of events) {
    const last = all.at(-1);
    if (event.kind !== "contents") {
      all.push(event);
    } else if (Array.isArray(last)) {
      last.push(...event.bytes);
    } else {
      all.push([...event.bytes]);
    }
  }
  return all;
}
