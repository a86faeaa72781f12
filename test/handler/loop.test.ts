import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, it } from "mocha";
import { type Hex, hexToBytes } from "viem";
import { bundleOf, shellPackage } from "../../fuzz/generators/shellPackage.ts";
import {
  decodeReport,
  encodeBuild,
  encodeEvmAdvance,
  encodeQuery,
  encodeUpload,
  type Report,
  splitUploads,
} from "../../protocol/index.ts";
import { APPLICATION, SENDER } from "./support/recordingDevice.ts";

const program = fileURLToPath(new URL("support/mockMachine.ts", import.meta.url));

describe("the rollup loop on libcmt", function () {
  this.timeout(30_000);

  const greet = shellPackage({ name: "greet", script: "echo > $out" });
  const { blob } = bundleOf(greet.closure);
  const uploads = splitUploads(blob).uploads.map((upload) => advanceWith(encodeUpload(upload)));
  const stats = encodeQuery({ kind: "stats" });

  it("handles inputs and queries one after the other", async () => {
    const reports = await run([
      ["inspect", stats],
      ...uploads.map((upload) => ["advance", upload] as const),
      ["inspect", stats],
    ]);
    assert.deepEqual(reports, [
      { kind: "stats", paths: 0, derivations: 0, uploads: 0 },
      undefined,
      { kind: "stats", paths: 0, derivations: 0, uploads: 1 },
    ]);
  });

  // Like a machine, the mock cannot continue after a rejection.
  it("reports why it rejects a request", async () => {
    const build = encodeBuild({ bundle: `0x${"00".repeat(32)}`, drvPath: greet.drvPath });
    const cases = [
      [
        "advance",
        advanceWith("0xdeadbeef"),
        "unknown request 0xdeadbeef: expected one of upload, build, rebuild",
      ],
      ["advance", hexToBytes("0xdeadbeef"), "the input is not an EvmAdvance call"],
      ["advance", advanceWith(build), "the handler failed: Error: no nix-daemon here"],
      [
        "inspect",
        Buffer.from("how?"),
        'unknown query "how?": expected one of missing, nar, log, build, stats',
      ],
    ] as const;
    const check = async ([kind, payload, message]: (typeof cases)[number]) =>
      assert.deepEqual(await run([[kind, payload]]), [{ kind: "error", message }]);
    await Promise.all(cases.map(check));
  });
});

/** The first report on each request. */
async function run(
  requests: readonly (readonly ["advance" | "inspect", Uint8Array])[],
): Promise<(Report | undefined)[]> {
  const folder = mkdtempSync(join(tmpdir(), "cartenix-loop-"));
  try {
    const inputs = requests.map(([kind, payload], index) => {
      writeFileSync(join(folder, `${index}.bin`), payload);
      return `${kind === "advance" ? 0 : 1}:${index}.bin`;
    });
    const env = { ...process.env, CMT_INPUTS: inputs.join(",") };
    const options = { cwd: folder, env };
    const stderr = await new Promise<string>((resolve) => {
      execFile(process.execPath, [program, join(folder, "state")], options, (_error, _out, err) =>
        resolve(err),
      );
    });
    assert.match(stderr, /cmt_rollup_finish/, "it ends when there are no more requests");
    return requests.map((_, index) => readReport(join(folder, `${index}.report-0.bin`)));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function readReport(file: string): Report | undefined {
  try {
    return decodeReport(readFileSync(file));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      return undefined;
    }
    throw error;
  }
}

function advanceWith(payload: Hex): Uint8Array {
  return hexToBytes(
    encodeEvmAdvance({
      chainId: 31_337n,
      application: APPLICATION,
      sender: SENDER,
      blockNumber: 1n,
      blockTimestamp: 2n,
      prevRandao: 3n,
      index: 0n,
      payload,
    }),
  );
}
