import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import {
  DebianError,
  fetchPinned,
  type PinnedFile,
  PinnedFileGoneError,
} from "../../machine/packages/index.ts";
import { silentProgress } from "../../support/index.ts";

const content = Buffer.alloc(100_000, "content");

function pin(bytes: Uint8Array, name = "tool"): PinnedFile {
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return {
    name,
    version: "1.0-1",
    architecture: "all",
    path: `pool/${name}.deb`,
    sha256,
    size: bytes.length,
  };
}

describe("fetchPinned", () => {
  const saved = { mirror: process.env.DEBIAN_MIRROR, cache: process.env.CARTENIX_CACHE };
  let cache: string;
  let server: Server;
  let answers: ((response: ServerResponse) => void)[];
  let requests: string[];

  beforeEach(async () => {
    answers = [];
    requests = [];
    cache = mkdtempSync(join(tmpdir(), "cartenix-fetch-"));
    server = createServer((request, response) => {
      requests.push(request.url ?? "");
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      answer?.(response);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    process.env.CARTENIX_CACHE = cache;
    process.env.DEBIAN_MIRROR = `http://127.0.0.1:${(server.address() as AddressInfo).port}/debian/`;
  });

  afterEach(() => {
    restore("DEBIAN_MIRROR", saved.mirror);
    restore("CARTENIX_CACHE", saved.cache);
    server.closeAllConnections();
    server.close();
    rmSync(cache, { recursive: true });
  });

  const fetchOne = (file: PinnedFile) => fetchPinned([file], { progress: silentProgress });
  const inCache = () => readdirSync(join(cache, "debs"));

  it("downloads once, checks, and then needs no mirror", async () => {
    const file = pin(content);
    answers = [(response) => response.end(content)];
    const [first] = await fetchOne(file);
    assert.ok(first);
    assert.deepEqual(readFileSync(first.file), content);
    assert.deepEqual(requests, ["/debian/pool/tool.deb"]);
    server.close();
    delete process.env.DEBIAN_MIRROR;
    assert.deepEqual(await fetchOne(file), [first]);
    assert.deepEqual(inCache(), [file.sha256]);
  });

  it("hashes a file of the cache before it is used, and downloads it again when a byte differs", async () => {
    const file = pin(content);
    answers = [(response) => response.end(content), (response) => response.end(content)];
    const [first] = await fetchOne(file);
    const changed = Buffer.from(content);
    changed[7]! ^= 1;
    writeFileSync(first!.file, changed);
    assert.deepEqual(await fetchOne(file), [first]);
    assert.equal(requests.length, 2);
    assert.deepEqual(readFileSync(first!.file), content);
    writeFileSync(first!.file, changed);
    answers = [(response) => response.writeHead(404).end("not here")];
    await assert.rejects(fetchOne(file), PinnedFileGoneError);
  });

  it("downloads a file twice at the same time, each to its end", async () => {
    const waiting: ServerResponse[] = [];
    answers = [
      (response) => {
        response.write(content.subarray(0, 50_000));
        waiting.push(response);
        if (waiting.length === 2) {
          setTimeout(() => waiting[1]!.end(content.subarray(50_000)), 100);
        }
      },
    ];
    const fetches = [fetchOne(pin(content)), fetchOne(pin(content))];
    const [first] = await Promise.race(fetches);
    assert.deepEqual(readFileSync(first!.file), content);
    waiting[0]!.end(content.subarray(50_000));
    await Promise.all(fetches);
    assert.equal(requests.length, 2);
    assert.deepEqual(readFileSync(first!.file), content);
  });

  it("keeps the order given", async () => {
    const files = [..."edcba"].map((letter) => pin(Buffer.from(letter), letter));
    answers = files.map(
      ({ name }) =>
        (response: ServerResponse) =>
          response.end(name),
    );
    server.removeAllListeners("request");
    server.on("request", (request, response) =>
      response.end(request.url?.slice("/debian/pool/".length, -".deb".length)),
    );
    const fetched = await fetchPinned(files, { progress: silentProgress });
    assert.deepEqual(
      fetched.map(({ file }) => readFileSync(file, "utf8")),
      [..."edcba"],
    );
  });

  it("tries again after a broken connection", async () => {
    const cut = (response: ServerResponse) => {
      response.writeHead(200, { "content-length": content.length });
      response.write(content.subarray(0, 1_000), () => response.destroy());
    };
    answers = [cut, (response) => response.end(content)];
    const [fetched] = await fetchOne(pin(content));
    assert.equal(requests.length, 2);
    assert.deepEqual(readFileSync(fetched?.file ?? ""), content);
    assert.equal(inCache().length, 1);
  });

  it("reports which package is gone, and names the command that refreshes the pins", async () => {
    answers = [(response) => response.writeHead(404).end("not here")];
    await assert.rejects(fetchOne(pin(content)), (error) => {
      assert.ok(error instanceof PinnedFileGoneError);
      assert.match(error.message, /tool 1\.0-1 is gone from the mirror/);
      assert.match(error.message, /npm run template:lock/);
      return true;
    });
    assert.equal(requests.length, 1);
    assert.deepEqual(inCache(), []);
  });

  it("refuses a file that differs from its pin, at once and without keeping it", async () => {
    const other = Buffer.from(content);
    other[5] = 0;
    answers = [(response) => response.end(other)];
    await assert.rejects(
      fetchOne(pin(content)),
      (error) => error instanceof DebianError && /differs from its pin/.test(error.message),
    );
    assert.equal(requests.length, 1);
    assert.deepEqual(inCache(), []);
  });

  it("stops reading at the pinned size", async function () {
    this.timeout(20_000);
    let sent = 0;
    const endless = (response: ServerResponse) => {
      const more = () => {
        sent += content.length;
        if (!response.destroyed) {
          response.write(content, () => setImmediate(more));
        }
      };
      more();
    };
    answers = [endless, (response) => response.end(content.subarray(0, 10))];
    const small = pin(content.subarray(0, 10));
    await fetchOne(small);
    assert.ok(sent < 50 * content.length, `${sent} bytes were sent`);
    assert.deepEqual(inCache(), [small.sha256]);
  });
});

function restore(name: string, value: string | undefined): void {
  if (value === undefined) {
    delete process.env[name];
  } else {
    process.env[name] = value;
  }
}
