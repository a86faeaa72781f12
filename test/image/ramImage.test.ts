import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { ramImage } from "../../machine/image/boot/ramImage.ts";
import { TemplateError } from "../../machine/image/imageErrors.ts";

describe("the RAM image", () => {
  const saved = process.env.CARTENIX_CACHE;
  let cache: string;
  before(() => {
    cache = mkdtempSync(join(tmpdir(), "cartenix-ram-"));
    process.env.CARTENIX_CACHE = cache;
  });
  after(() => {
    if (saved === undefined) {
      delete process.env.CARTENIX_CACHE;
    } else {
      process.env.CARTENIX_CACHE = saved;
    }
    rmSync(cache, { recursive: true });
  });

  const file = (name: string, content: Uint8Array) => {
    writeFileSync(join(cache, name), content);
    return join(cache, name);
  };

  it("has the firmware at its start and the kernel at 2 MiB, in whole pages", async () => {
    const firmware = Buffer.alloc(5_000, "firmware");
    const kernel = Buffer.alloc(10_001, "kernel");
    const image = readFileSync(await ramImage(file("f", firmware), file("k", kernel)));
    assert.equal(image.length, 2 * 1024 * 1024 + 3 * 4096);
    assert.deepEqual(image.subarray(0, 5_000), firmware);
    assert.deepEqual(image.subarray(2 * 1024 * 1024, 2 * 1024 * 1024 + 10_001), kernel);
    assert.equal(
      image.subarray(5_000, 2 * 1024 * 1024).some((byte) => byte !== 0),
      false,
    );
  });

  it("is refused when the firmware would overlap the kernel", async () => {
    const large = file("large", Buffer.alloc(2 * 1024 * 1024 + 1));
    await assert.rejects(ramImage(large, file("small", Buffer.alloc(1))), TemplateError);
  });
});
