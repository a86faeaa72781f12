/** Limits of one NAR. Names have at most 255 bytes and symlink targets at most 4,095, as on Linux. */
export interface NarLimits {
  /** Bytes of the whole NAR. */
  readonly maxSize: number;
  /** Files, symlinks and directories, including the root. */
  readonly maxNodes: number;
  /** Nested directories, including the root. */
  readonly maxDepth: number;
  /** Bytes of a path below the root, so that a file system can hold it below `/nix/store/<path>`. */
  readonly maxPathLength: number;
}

/** Wide enough for any real store path, narrow enough to be safe. */
export const DEFAULT_NAR_LIMITS: NarLimits = {
  maxSize: Number.MAX_SAFE_INTEGER,
  maxNodes: 4_000_000,
  maxDepth: 512,
  maxPathLength: 3_840,
};

export const MAX_ENTRY_NAME_BYTES = 255;
export const MAX_SYMLINK_TARGET_BYTES = 4_095;
