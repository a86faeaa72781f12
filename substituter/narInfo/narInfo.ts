/** What a binary cache says of a store path: the fields of a `.narinfo`. */
export interface NarInfo {
  readonly storePath: string;
  /** Where the file is, relative to the cache's address. */
  readonly url: string;
  /** How the file is compressed: `none`, `xz`, `zstd`, … */
  readonly compression: string;
  /** The sha256 of the file, and its length in bytes, where the cache says them. */
  readonly fileHash?: Uint8Array | undefined;
  readonly fileSize?: number | undefined;
  /** The sha256 of the NAR, 32 bytes. */
  readonly narHash: Uint8Array;
  /** The NAR's length in bytes. */
  readonly narSize: number;
  /** Sorted store paths. */
  readonly references: readonly string[];
  readonly deriver?: string | undefined;
  /** `<key name>:<base 64>`, each of the {@link narInfoFingerprint}. */
  readonly signatures: readonly string[];
  /** The content address, such as `fixed:r:sha256:…`. */
  readonly contentAddress?: string | undefined;
}

/** Bytes of the longest `.narinfo` that is read. */
export const MAX_NAR_INFO_BYTES = 1024 * 1024;
