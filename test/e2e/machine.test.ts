import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import type { Hex } from "viem";
import {
  bundleOf,
  compress,
  exported,
  fixedFile,
  type Package,
  shellPackage,
  sourceFile,
} from "../../fuzz/generators/shellPackage.ts";
import { advance, type Emulator } from "../../machine/emulator/index.ts";
import { type ExportedPath, encodeExport } from "../../nix/index.ts";
import { encodeUpload, splitUploads } from "../../protocol/index.ts";
import {
  advanceAll,
  inputOf,
  reasonOf,
  requestFor,
  requestForExample,
  startTemplate,
} from "./support/realMachine.ts";

describe("the real machine", function () {
  this.timeout(120_000);
  const system = "riscv64-linux";
  const source = sourceFile("source", "true");
  const lower = shellPackage({ name: "lower", script: "echo > $out", system, sources: [source] });
  const upper = shellPackage({ name: "upper", script: "echo > $out", system, inputs: [lower] });
  let machine: Emulator;

  before(async () => {
    machine = await startTemplate();
  });

  after(() => machine?.shutdown());

  async function rejects(payloads: readonly Hex[], reason: RegExp): Promise<void> {
    await using copy = await machine.fork();
    const result = await advanceAll(copy, payloads);
    assert.equal(result.status, "rejected");
    assert.equal(result.outputs.length, 0);
    assert.match(reasonOf(result), reason);
    assert.doesNotMatch(reasonOf(result), /\n/);
  }

  const bundled = (wanted: Package, paths: readonly ExportedPath[]) =>
    requestFor(wanted.drvPath, bundleOf(paths).blob);

  it("reaches the same hash twice after the same inputs", async () => {
    const payloads: Hex[] = ["0xdeadbeef", ...(await requestForExample(machine, "trivial"))];
    const hashes = await Promise.all([1, 2].map(() => hashesAfter(payloads)));
    assert.deepEqual(hashes[0], hashes[1]);
    assert.equal(new Set(hashes[0]).size, payloads.length);
  });

  /** Like a node: a rejected input leaves the machine as it was. */
  async function hashesAfter(payloads: readonly Hex[]): Promise<Hex[]> {
    let current = await machine.fork();
    const hashes: Hex[] = [];
    for (const [index, payload] of payloads.entries()) {
      const next = await current.fork();
      const { status } = await advance(next, inputOf(index, payload));
      const [kept, dropped] = status === "accepted" ? [next, current] : [current, next];
      await dropped.shutdown();
      current = kept;
      hashes.push(await current.rootHash());
    }
    await current.shutdown();
    return hashes;
  }

  it("rejects a payload that is not a request", () => rejects(["0xdeadbeef"], /unknown request 0xdeadbeef/));

  it("rejects a truncated bundle", async () => {
    const stream = encodeExport(upper.closure);
    await rejects(requestFor(upper.drvPath, compress(stream.subarray(0, -8)).blob), /^bundle: /);
    await rejects(requestFor(upper.drvPath, bundleOf(upper.closure).blob.subarray(0, -4)), /^bundle: /);
  });

  it("rejects a bundle whose sha256 differs from the one it was uploaded under", async () => {
    const { blob } = bundleOf(upper.closure);
    const { uploads } = splitUploads(Uint8Array.from(blob).fill(1, 0, 1));
    const falsified = uploads.map((upload) => encodeUpload({ ...upload, chunk: blob }));
    await rejects(falsified, /sha256|hash/);
  });

  it("rejects a path whose content does not match its name", () => {
    const forged = exported(source.path, "false", []);
    return rejects(bundled(lower, [forged, ...lower.closure.slice(1)]), /does not follow from its content/);
  });

  it("rejects an input-addressed path that is smuggled in", () => {
    const smuggled = exported(lower.out, "not built here", []);
    return rejects(bundled(upper, [smuggled, ...upper.closure]), /only ever built here|does not follow/);
  });

  it("rejects a derivation that fails, with its log and the builder's exit code", async () => {
    const payloads = await requestForExample(machine, "failing");
    await rejects(payloads, /exit code 3/);
  });

  it("rejects a derivation that needs a fixed output which was not supplied", () => {
    const { declaration } = fixedFile("absent", "content", { mode: "flat", algorithm: "sha256" });
    const wanting = shellPackage({ name: "wanting", script: "echo > $out", system, inputs: [declaration] });
    return rejects(bundled(wanting, wanting.closure), /absent/);
  });
});
