import { fileURLToPath } from "node:url";
import { encodeFunctionData, type Hex, hexToBytes, zeroAddress } from "viem";
import { inputsAbi } from "../../../abi/index.ts";
import { prepareBuild } from "../../../client/index.ts";
import { type AdvanceResult, advance, type Emulator, inspect } from "../../../machine/emulator/index.ts";
import {
  decodeReport,
  encodeBuild,
  encodeQuery,
  encodeUpload,
  splitUploads,
} from "../../../requests/index.ts";
import { silentProgress } from "../../../support/index.ts";

/** An input as the InputBox would write it. */
export function inputOf(index: number, payload: Hex): Uint8Array {
  const args = [31_337n, zeroAddress, zeroAddress, 1n, 1_700_000_000n, 0n, BigInt(index), payload] as const;
  return hexToBytes(encodeFunctionData({ abi: inputsAbi, functionName: "EvmAdvance", args }));
}

/** The payloads that upload a blob and ask for a derivation of it. */
export function requestFor(drvPath: string, blob: Uint8Array): Hex[] {
  const { sha256, uploads } = splitUploads(blob);
  return [...uploads.map(encodeUpload), encodeBuild({ bundle: sha256, drvPath })];
}

/** The payloads that have a package of `examples/` built. */
export async function requestForExample(machine: Emulator, name: string): Promise<Hex[]> {
  const file = fileURLToPath(new URL(`../../../examples/${name}/default.nix`, import.meta.url));
  const build = await prepareBuild({ file, progress: silentProgress });
  await using copy = await machine.fork();
  const { reports } = await inspect(copy, encodeQuery({ kind: "missing", paths: [...build.closure] }));
  const report = decodeReport(reports[0]!);
  if (report.kind !== "missing") throw new Error(`the machine answered ${report.kind}`);
  return requestFor(build.drvPath, (await build.bundle(report.paths)).compressed);
}

/** Gives a machine one input after the other; the last one's result. */
export async function advanceAll(machine: Emulator, payloads: readonly Hex[]): Promise<AdvanceResult> {
  let result: AdvanceResult | undefined;
  for (const [index, payload] of payloads.entries()) result = await advance(machine, inputOf(index, payload));
  return result!;
}

/** The one line with which a machine rejects an input. */
export function reasonOf({ reports }: AdvanceResult): string {
  const report = decodeReport(reports.at(-1)!);
  return report.kind === "error" ? report.message : "";
}
