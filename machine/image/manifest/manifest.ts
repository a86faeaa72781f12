import { createHash } from "node:crypto";
import type { Hex } from "viem";
import type { FileDigest, PinnedFile } from "../../packages/index.ts";

/** What a template was made from: the same sources give the same manifest, byte for byte. */
export interface Manifest {
  readonly format: typeof MANIFEST_FORMAT;
  readonly templateHash: Hex;
  readonly machine: {
    readonly ramSize: number;
    readonly bootArguments: string;
    /** The cycles that one input may take; whoever judges inputs must use the same number. */
    readonly maxInputCycles: number;
  };
  readonly emulator: { readonly version: string; readonly sha256: string };
  /** The contract that the handler's vouchers call. */
  readonly registry: Hex;
  /** What the stages made, by name. */
  readonly made: Readonly<Record<string, FileDigest>>;
  /** From power-on: to power-off after the seed was built, and to the handler's first request for input. */
  readonly cycles: { readonly seed: number; readonly firstBoot: number };
  /** The files of the handler's drive, by path. */
  readonly handler: Readonly<Record<string, FileDigest>>;
  /** The repository's own files that kernel, firmware, root and seed are made from, by path. */
  readonly sources: Readonly<Record<string, FileDigest>>;
  /** Debian's files, by the name of the lock that pins them. */
  readonly packages: Readonly<Record<string, readonly PinnedFile[]>>;
}

export const MANIFEST_FORMAT = 2;

/** The manifest as it is written to `manifest.json`. */
export function formatManifest(manifest: Manifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** The sha256 of the formatted manifest, 64 hex digits. */
export function manifestDigest(manifest: Manifest): string {
  return createHash("sha256").update(formatManifest(manifest)).digest("hex");
}
