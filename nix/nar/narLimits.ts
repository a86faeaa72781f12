/** Bounds of one NAR. Names are at most 255 bytes and link targets at most 4,095, as on Linux. */
export interface NarLimits {
  /** Bytes of the whole NAR. */
  readonly maxSize: number;
  /** Files, links and directories in it, the root included. */
  readonly maxNodes: number;
  /** Directories inside one another, the root included. */
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

export const MAX_ENTRY_NAME = 255;
export const MAX_LINK_TARGET = 4_095;
