import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync, gzipSync, zstdCompressSync } from "node:zlib";
import { after, before, describe, it } from "mocha";
import {
  DamagedNarError,
  decompress,
  hashNarFile,
  UnreadablePathError,
} from "../../../client/store/index.ts";
import { makeScratchFolder, type ScratchFolder } from "../../../machine/packages/index.ts";
import { openToolbox } from "../../../machine/toolbox/index.ts";
import { encodeNar } from "../../../nix/index.ts";
import { silentProgress } from "../../../support/index.ts";
import { directory, file, program } from "../../nix/support/nodes.ts";

describe("hashing a file with a NAR", function () {
  this.timeout(600_000);
  const nar = encodeNar(
    directory(
      ["data", file(createHash("sha512").update("x").digest())],
      ["long", program("y".repeat(600_000))],
    ),
  );
  const sha256 = new Uint8Array(createHash("sha256").update(nar).digest());
  let scratch: ScratchFolder;
  let forms: Map<string, Uint8Array>;

  before(async () => {
    scratch = makeScratchFolder("hash-nar");
    const toolbox = await openToolbox({ progress: silentProgress });
    forms = new Map<string, Uint8Array>([
      ["nar", nar],
      ["nar.gz", gzipSync(nar)],
      ["nar.br", brotliCompressSync(nar)],
      ["nar.zst", zstdCompressSync(nar)],
      ["nar.xz", await toolbox.run(["xz", "--stdout"], { input: nar })],
    ]);
  });
  after(() => scratch[Symbol.asyncDispose]());

  const hashOf = async (name: string, bytes: Uint8Array, signal?: AbortSignal) => {
    const place = join(scratch.path, name);
    await writeFile(place, bytes);
    return hashNarFile(place, { signal });
  };

  it("finds the NAR's hash and size, however it is compressed", async () => {
    for (const [name, bytes] of forms) {
      assert.deepEqual(await hashOf(name, bytes), { sha256, size: nar.length }, name);
    }
  });

  it("tells compressions apart by their bytes, not by the name", async () => {
    assert.deepEqual(await hashOf("misnamed.nar", forms.get("nar.xz")!), { sha256, size: nar.length });
    assert.deepEqual(await hashOf("misnamed.br", forms.get("nar.gz")!), { sha256, size: nar.length });
  });

  it("refuses what is cut off, changed, or something else", async () => {
    for (const [name, bytes] of forms) {
      for (const length of [0, 1, 8, 30, Math.floor(bytes.length / 2), bytes.length - 30]) {
        const cut = bytes.subarray(0, length);
        await assert.rejects(hashOf(name, cut), DamagedNarError, `${name}, ${length} bytes`);
      }
      const changed = Uint8Array.from(bytes);
      changed.fill(0xa5, Math.floor(bytes.length / 2), Math.floor(bytes.length / 2) + 24);
      const found = await hashOf(name, changed).catch((error: unknown) => error);
      if (name === "nar") {
        assert.notDeepEqual(found, { sha256, size: nar.length }); // another file is as good a NAR
      } else {
        assert.ok(found instanceof DamagedNarError, `${name}: ${found}`);
      }
    }
    await assert.rejects(hashOf("text", Buffer.from("a text\n")), DamagedNarError);
    await assert.rejects(hashOf("text.br", Buffer.from("a text\n")), DamagedNarError);
    await assert.rejects(hashOf("text.gz", gzipSync("a text\n")), /not hold one whole NAR\n.*invalid NAR at/);
    await assert.rejects(hashOf("more.nar", Buffer.concat([nar, nar])), /trailing bytes/);
  });

  it("refuses what is not there or is a folder", async () => {
    await assert.rejects(hashNarFile(join(scratch.path, "nowhere.nar")), UnreadablePathError);
    await assert.rejects(hashNarFile(scratch.path), UnreadablePathError);
  });

  it("ends when it is told to", async () => {
    for (const [name, bytes] of forms) {
      await assert.rejects(hashOf(name, bytes, AbortSignal.abort()), { name: "AbortError" });
    }
    const endless = Buffer.from(encodeNar(file("")).subarray(0, -16));
    endless.writeBigUInt64LE(2n ** 40n, endless.length - 8);
    const place = join(scratch.path, "endless.nar");
    await writeFile(place, endless);
    await truncate(place, 2 ** 41); // a hole, which takes no space but would take ten minutes
    await assert.rejects(hashNarFile(place, { signal: AbortSignal.timeout(50) }), { name: "TimeoutError" });
  });

  it("passes on the error of where the bytes come from", async () => {
    async function* broken() {
      yield forms.get("nar.gz")!.subarray(0, 100);
      throw new Error("the connection broke");
    }
    for (const compression of ["none", "gzip", "br", "zstd", "xz"] as const) {
      await assert.rejects(
        async () => {
          for await (const _piece of decompress(broken(), compression)) {
          }
        },
        compression === "none" || compression === "gzip" ? /the connection broke/ : Error,
      );
    }
  });
});
