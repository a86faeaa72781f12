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

/** A derivation to build again, to compare the result with the first one. */
export interface RebuildRequest {
  kind: "rebuild";
  drvPath: string;
}

/** What an input asks the machine to do. */
export type Request = UploadRequest | BuildRequest | RebuildRequest;
