import type { Hex } from "viem";

/** One chunk of a blob. */
export interface UploadRequest {
  kind: "upload";
  /** sha256 of the whole blob. */
  sha256: Hex;
  /** The chunk's place, from 0. */
  index: number;
  /** How many chunks the blob has. */
  count: number;
  chunk: Uint8Array;
}

/** A derivation to build. */
export interface BuildRequest {
  kind: "build";
  /** sha256 of the uploaded bundle; all zero when the machine has the whole closure already. */
  bundle: Hex;
  drvPath: string;
}

/** A derivation to build once more, beside what came of it the first time. */
export interface RebuildRequest {
  kind: "rebuild";
  drvPath: string;
}

export type Request = UploadRequest | BuildRequest | RebuildRequest;
