import assert from "node:assert/strict";
import { existsSync, lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { bundleOf, type Package, shellPackage, sourceFile } from "../../fuzz/generators/shellPackage.ts";
import type { Space } from "../../machine/handler/environment/environment.ts";
import {
  MAX_HEAP_BYTES,
  MAX_INVENTORY_BYTES,
  MIN_FREE_BYTES,
  MIN_FREE_FILES,
} from "../../machine/handler/limits.ts";
import { usedHeapBytes } from "../../machine/handler/memory/usedHeap.ts";
import { encodeBuild, encodeRebuild } from "../../protocol/index.ts";
import { type Answer, HandlerHost } from "./support/handlerHost.ts";
import { type NixHost, startNixHost } from "./support/nixHost.ts";

const PIECE_BYTES = 256 * 1024;

describe("garbage collection", function () {
  this.timeout(120_000);
  let nix: NixHost;
  let host: HandlerHost;
  /** The space on the disk apart from the reserve. */
  let size: Space;

  beforeEach(async () => {
    nix = await startNixHost();
    size = { bytes: 100 * PIECE_BYTES, inodes: 1_000 };
    const freeSpace = () => free(nix.environment.storeFolder);
    host = new HandlerHost({ environment: { ...nix.environment, freeSpace } });
  });
  afterEach(() => nix[Symbol.asyncDispose]());

  const free = (folder: string): Space => {
    const used = usedIn(folder);
    return {
      bytes: MIN_FREE_BYTES + size.bytes - used.bytes,
      inodes: MIN_FREE_FILES + size.inodes - used.inodes,
    };
  };

  /** A package of one piece of source and one of output. */
  const large = (name: string, inputs: readonly Package[] = []): Package => {
    const source = sourceFile(`${name}-source`, name.padEnd(PIECE_BYTES, "."));
    return shellPackage({ name, script: `/bin/cat ${source.path} > $out`, sources: [source], inputs });
  };
  const build = (one: Package): Promise<Answer> => host.build(one.drvPath, one.closure);
  const accepted = async (one: Package): Promise<Answer> => {
    const answer = await build(one);
    assert.equal(answer.reason, undefined);
    return answer;
  };
  const has = ({ out, closure }: Package): boolean => {
    const paths = [out, ...closure.map(({ path }) => path)];
    const parts = paths.filter((path) => path.includes(out.slice("/nix/store/".length + 32)));
    const [there, ...others] = new Set(parts.map((path) => host.state.inventory.has(path)));
    assert.equal(others.length, 0, "it is stored completely or not at all");
    return there!;
  };
  const deletionIn = ({ decodedReports }: Answer): string =>
    decodedReports
      .map((report) => (report.kind === "info" ? report.message : ""))
      .find((text) => /deleted/.test(text)) ?? "";

  it("deletes what was needed least recently, with its log and its bundle, and only as much as necessary", async () => {
    const [first, second, third] = [large("first"), large("second"), large("third")];
    await accepted(first);
    await accepted(second);
    size = { ...size, bytes: 4 * PIECE_BYTES };
    const answer = await accepted(third);
    assert.deepEqual([has(first), has(second), has(third)], [false, true, true]);
    const deletion = deletionIn(answer);
    for (const path of [first.out, first.drvPath]) {
      assert.ok(deletion.includes(path), deletion);
    }
    assert.ok(!deletion.includes("-second"), deletion);
    assert.deepEqual(await pathsOfNix(), pathsOnDisk());
    for (const query of [
      { kind: "log", drvPath: first.drvPath },
      { kind: "build", drvPath: first.drvPath },
      { kind: "nar", path: first.out },
    ] as const) {
      assert.ok(!(await host.inspect(query)).accepted);
    }
    assert.ok((await host.inspect({ kind: "log", drvPath: second.drvPath })).accepted);
    const { sha256 } = bundleOf(first.closure);
    const again = await host.advance(encodeBuild({ bundle: sha256, drvPath: first.drvPath }));
    assert.match(again.reason ?? "", /the bundle .* was not uploaded/);
  });

  it("allows what was deleted to be built again, to the same hash", async () => {
    const [first, second, third] = [large("first"), large("second"), large("third")];
    const { records } = await accepted(first);
    await accepted(second);
    size = { ...size, bytes: 4 * PIECE_BYTES };
    await accepted(third);
    assert.equal((await host.advance(encodeRebuild(first))).reason?.includes("is not in the store"), true);
    assert.deepEqual((await accepted(first)).records, records);
    assert.ok(!has(second));
    assert.equal((await host.advance(encodeRebuild(first))).reason, undefined);
  });

  it("keeps what was requested again, and what the current request needs", async () => {
    const [first, second, third] = [large("first"), large("second"), large("third")];
    await accepted(first);
    await accepted(second);
    await accepted(third);
    await host.advance(encodeBuild({ bundle: `0x${"00".repeat(32)}`, drvPath: first.drvPath }));
    size = { ...size, bytes: 5 * PIECE_BYTES };
    const user = large("user", [third]);
    await accepted(user);
    assert.deepEqual([has(first), has(second), has(third), has(user)], [true, false, true, true]);
    size = { ...size, bytes: 4 * PIECE_BYTES };
    const other = large("other", [third]);
    await accepted(other);
    assert.deepEqual([has(first), has(user), has(third), has(other)], [false, false, true, true]);
  });

  it("counts files as well as bytes", async () => {
    const many = (name: string) =>
      shellPackage({
        name,
        script: "/bin/mkdir $out; i=0; while [ $i -lt 100 ]; do echo > $out/$i; i=$((i+1)); done",
      });
    const [first, second, third] = [many("first"), many("second"), many("third")];
    await accepted(first);
    await accepted(second);
    size = { ...size, inodes: 150 };
    await accepted(third);
    assert.deepEqual([has(first), has(second), has(third)], [false, true, true]);
  });

  it("counts the memory of the inventory", async () => {
    const [first, second] = [large("first"), large("second")];
    const { inventory } = host.state;
    const fill = (name: string) => {
      for (let index = 0; inventory.memoryBytes <= MAX_INVENTORY_BYTES; index += 1) {
        inventory.addPath(`/nix/store/${name}-${index}`, { narHash: "", narSize: 0, references: [] });
      }
    };
    await accepted(first);
    fill("one");
    assert.ok(deletionIn(await accepted(second)).includes(first.out));
    assert.ok(!has(first));
    fill("two");
    assert.match(
      (await host.advance(encodeRebuild(second))).reason ?? "",
      /^build: the inventory uses 503\d{5} bytes of memory, more than the limit of 50331648, and nothing more can be deleted/,
    );
    assert.ok(has(second));
  });

  it("starts when V8's heap holds more than was counted", async () => {
    const before = usedHeapBytes(0);
    const usedHeap = (limit: number) => usedHeapBytes(limit + before) - before;
    host = new HandlerHost({ environment: { ...nix.environment, usedHeap } });
    const [first, second, third] = [large("first"), large("second"), large("third")];
    await accepted(first);
    await accepted(second);
    const uncounted = new WeakMap<object, unknown>();
    const holdWith = ({ out }: Package) => {
      uncounted.set(host.state.inventory.infoOf(out)!, new Array(MAX_HEAP_BYTES / 6).fill(0));
    };
    holdWith(first);
    assert.ok(deletionIn(await accepted(third)).includes(first.out));
    assert.deepEqual([has(first), has(second), has(third)], [false, true, true]);
    const leak = new Array(MAX_HEAP_BYTES / 6).fill(0);
    assert.match(
      (await host.advance(encodeRebuild(third))).reason ?? "",
      /^build: the handler uses 1\d{8} bytes of heap, more than the limit of 100663296, and nothing more can be deleted/,
    );
    assert.ok(leak.length > 0);
  });

  it("deletes thousands of small generations in a few calls of Nix", async () => {
    let calls = 0;
    const openSession = async () => {
      const session = await nix.environment.openSession();
      const { deletePaths } = session;
      session.deletePaths = (paths) => {
        calls += 1;
        return deletePaths.call(session, paths);
      };
      return session;
    };
    const freeSpace = () => free(nix.environment.storeFolder);
    host = new HandlerHost({ environment: { ...nix.environment, freeSpace, openSession } });
    const count = 3_000;
    const sources = Array.from({ length: count }, (_, index) => sourceFile("small", String(index)));
    const many = shellPackage({ name: "many", script: "echo > $out" });
    const answer = await host.build(many.drvPath, [...sources, ...many.closure]);
    assert.equal(answer.reason, undefined);
    const { inventory } = host.state;
    for (const [index, { path }] of sources.entries()) {
      inventory.markUsed([path], index - count);
    }
    size = { ...size, inodes: usedIn(nix.environment.storeFolder).inodes - 2_500 };
    await accepted(large("next"));
    assert.ok(calls <= 20, `${calls} calls`);
    const deletedCount = sources.filter(({ path }) => !inventory.has(path)).length;
    assert.ok(deletedCount >= 2_500 && deletedCount < 2_900, `${deletedCount} were deleted`);
    assert.ok(inventory.has(many.out));
  });

  it("never deletes what came with the template, and names the limit when too little space remains", async () => {
    const [template, other] = [large("template"), large("other")];
    await accepted(template);
    host.state.inventory.markPermanent();
    size = { ...size, bytes: PIECE_BYTES };
    for (const payload of [
      encodeBuild({ bundle: bundleOf(template.closure).sha256, drvPath: other.drvPath }),
      encodeRebuild(template),
    ]) {
      assert.match(
        (await host.advance(payload)).reason ?? "",
        /^build: 67\d{7} bytes are free on the disk, fewer than the 671088640 that a build needs, and nothing more can be deleted: /,
      );
    }
    assert.ok(has(template));
  });

  it("leaves no dangling references, and deletes the same paths on every host", async () => {
    await using other = await startNixHost();
    const freeSpace = () => free(other.environment.storeFolder);
    const twin = new HandlerHost({ environment: { ...other.environment, freeSpace } });
    const packages: Package[] = [];
    for (let index = 0; index < 12; index += 1) {
      const inputs = packages.filter((_, place) => (index * 7 + place * 5) % 11 < 2);
      packages.push(large(`package-${index}`, inputs));
    }
    size = { ...size, bytes: 18 * PIECE_BYTES };
    const order = [0, 1, 2, 3, 1, 4, 5, 0, 6, 7, 8, 2, 9, 10, 11, 3, 6];
    let deletions = 0;
    for (const index of order) {
      const { drvPath, closure } = packages[index]!;
      const [answer, twinAnswer] = [await host.build(drvPath, closure), await twin.build(drvPath, closure)];
      assert.deepEqual(answer.decodedReports, twinAnswer.decodedReports);
      assert.equal(answer.reason, undefined);
      deletions += deletionIn(answer) === "" ? 0 : 1;
      assert.ok(host.state.inventory.has(packages[index]!.out));
      const held = await pathsOfNix();
      assert.deepEqual(held, pathsOnDisk());
      assert.equal(host.state.inventory.counts.paths, held.length);
      for (const path of held) {
        const { references } = host.state.inventory.infoOf(path)!;
        for (const reference of references) {
          assert.ok(held.includes(reference), `${path} needs ${reference}`);
        }
      }
    }
    assert.ok(deletions >= 3, `${deletions} deletions`);
  });

  async function pathsOfNix(): Promise<string[]> {
    const session = await nix.environment.openSession();
    try {
      return (await session.queryAllValidPaths()).sort();
    } finally {
      session.close();
    }
  }

  function pathsOnDisk(): string[] {
    const names = readdirSync(nix.environment.storeFolder).filter((name) => /^[0-9a-z]{32}-/.test(name));
    return names.map((name) => `/nix/store/${name}`).sort();
  }
});

function usedIn(folder: string): Space {
  const places = existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: "utf8" }) : [];
  const files = places.map((place) => lstatSync(join(folder, place)));
  return { bytes: files.reduce((sum, { blocks }) => sum + blocks * 512, 0), inodes: files.length };
}
