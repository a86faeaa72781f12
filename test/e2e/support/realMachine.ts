import { fileURLToPath } from "node:url";
import { type Address, type Hex, hexToBytes, toHex, zeroAddress } from "viem";
import { prepareBuild } from "../../../client/index.ts";
import {
  type AdvanceResult,
  advance,
  type Emulator,
  inspect,
  startEmulator,
} from "../../../machine/emulator/index.ts";
import { makeTemplate } from "../../../machine/image/index.ts";
import {
  decodeOutput,
  decodeRecord,
  decodeReport,
  encodeBuild,
  encodeEvmAdvance,
  encodeQuery,
  encodeUpload,
  type Query,
  splitUploads,
} from "../../../protocol/index.ts";
import { silentProgress } from "../../../support/index.ts";

/** The template's machine, waiting for its first input. */
export async function startTemplate(): Promise<Emulator> {
  const { directory } = await makeTemplate({ progress: silentProgress });
  const machine = await startEmulator();
  await machine.load(directory);
  await machine.rootHash();
  return machine;
}

/** An input as the InputBox encodes it. */
export function inputOf(index: number, payload: Hex, sender: Address = zeroAddress): Uint8Array {
  return hexToBytes(
    encodeEvmAdvance({
      chainId: 31_337n,
      application: zeroAddress,
      sender,
      blockNumber: BigInt(1 + index),
      blockTimestamp: 1_700_000_000n,
      prevRandao: 0n,
      index: BigInt(index),
      payload,
    }),
  );
}

/** The payloads that upload a blob and request a build of a derivation in it. */
export function requestFor(drvPath: string, blob: Uint8Array): Hex[] {
  const { sha256, uploads } = splitUploads(blob);
  return [...uploads.map(encodeUpload), encodeBuild({ bundle: sha256, drvPath })];
}

/** The payloads that request a build of a package of `examples/`. */
export async function requestForExample(machine: Emulator, name: string): Promise<Hex[]> {
  const file = fileURLToPath(new URL(`../../../examples/${name}/default.nix`, import.meta.url));
  const build = await prepareBuild({ file, progress: silentProgress });
  const missing = await missingIn(machine, build.closure);
  return requestFor(build.drvPath, (await build.bundle(missing)).compressed);
}

/** The given store paths that a machine lacks. */
export async function missingIn(machine: Emulator, paths: readonly string[]): Promise<readonly string[]> {
  const [answer] = await ask(machine, { kind: "missing", paths: [...paths] });
  const report = decodeReport(answer!);
  if (report.kind !== "missing") {
    throw new Error(`the machine answered ${report.kind}`);
  }
  return report.paths;
}

/** Queries a copy of the machine. */
export async function ask(machine: Emulator, query: Query): Promise<Uint8Array[]> {
  await using copy = await machine.fork();
  const { status, reports } = await inspect(copy, encodeQuery(query));
  if (status !== "accepted") {
    throw new Error(`the machine answered with ${status}`);
  }
  return reports;
}

/** Sends a machine one input after another, and returns the last result. */
export async function advanceAll(machine: Emulator, payloads: readonly Hex[]): Promise<AdvanceResult> {
  let result: AdvanceResult | undefined;
  for (const [index, payload] of payloads.entries()) {
    result = await advance(machine, inputOf(index, payload));
  }
  return result!;
}

/** The one-line reason with which a machine rejects an input. */
export function reasonOf({ reports }: AdvanceResult): string {
  const report = decodeReport(reports.at(-1)!);
  return report.kind === "error" ? report.message : "";
}

/** The outputs that an input records in the registry. */
export function recordsOf({ outputs }: Pick<AdvanceResult, "outputs">) {
  return outputs.flatMap((output) => {
    const voucher = decodeOutput(toHex(output));
    return voucher?.type === "Voucher" ? (decodeRecord(voucher.payload)?.outputs ?? []) : [];
  });
}
