import type { ExportLimits } from "../../nix/index.ts";

/**
 * What one input may use. The limits are part of the handler, so of the template and its hash: every machine ends
 * the same input at the same place.
 */

/** Bytes of a bundle when it is decompressed; Node holds it twice for a moment. */
export const MAX_BUNDLE_BYTES = 96 * 1024 * 1024;

/** What a bundle's export stream may hold. */
export const BUNDLE_LIMITS: ExportLimits = {
  maxPaths: 10_000,
  maxReferences: 2_000,
  maxAllReferences: 50_000,
  nar: { maxSize: MAX_BUNDLE_BYTES, maxNodes: 200_000, maxDepth: 64, maxPathLength: 2_048 },
};

/** Bytes of all `.drv` files in a bundle together: while one is checked it takes fifty times as much memory. */
export const MAX_DERIVATIONS_BYTES = 8 * 1024 * 1024;

/** Derivations that one request may have to build. */
export const MAX_BUILDS = 256;

/** Outputs of one derivation. */
export const MAX_OUTPUTS = 64;

/** Seconds of the machine's clock, 128 million cycles each, that one derivation's build may take. */
export const MAX_BUILD_SECONDS = 900;

/** Seconds that a builder may be silent. */
export const MAX_SILENT_SECONDS = 600;

/** Seconds that all of a request may take, with the hashing of what it built. */
export const MAX_REQUEST_SECONDS = 1_200;

/** Bytes that one derivation's builder may log. */
export const MAX_LOG_BYTES = 4 * 1024 * 1024;

/** Processes and threads that a build may have at a time. */
export const MAX_PROCESSES = 256;

/** Bytes of memory that all processes of a build may use together, with the kernel's for them; the machine has 512 MiB. */
export const MAX_MEMORY_BYTES = 320 * 1024 * 1024;

/** Bytes by which a build may make the disk fuller, with what it writes besides its outputs. */
export const MAX_DISK_BYTES = 512 * 1024 * 1024;

/** Files, folders and links that a build may have at a time. */
export const MAX_FILES = 20_000;

/** Bytes of one file that a build writes, holes included. */
export const MAX_FILE_BYTES = 256 * 1024 * 1024;

/** Bytes of a path that a build writes: the kernel's own limit. */
export const MAX_PATH_BYTES = 4_096;

/** Bytes of the NAR of one output. */
export const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

/** Seconds between two looks at what a build uses. */
export const USAGE_SAMPLING_SECONDS = 1;

/**
 * What has to be free on the disk before a build: more than its bundle and one derivation's build may take. Else what was
 * needed least recently is dropped.
 */
export const MIN_FREE_BYTES = 640 * 1024 * 1024;
export const MIN_FREE_FILES = 24_000;

/**
 * Bytes of memory that the handler's books of the store may take before a build, counted generously: one bundle may add 41
 * MiB, and V8 has 256 MiB. Else what was needed least recently is dropped.
 */
export const MAX_INVENTORY_BYTES = 48 * 1024 * 1024;

/** Bundles that are known to be there as a whole, so that a further request need not bring them again. */
export const MAX_KNOWN_BUNDLES = 1_000;

/** Dropped paths that a report names. */
export const MAX_NAMED_PATHS = 20;

/** Files of which the log of a rebuild says how they differ. */
export const MAX_SHOWN_DIFFERENCES = 10;

/** Bytes of one report; the device's buffer has 2 MiB. */
export const MAX_REPORT_BYTES = 512 * 1024;

/** Outputs in one voucher, and bytes of its call: both far below what one transaction can pay for. */
export const MAX_VOUCHER_OUTPUTS = 64;
export const MAX_VOUCHER_BYTES = 100_000;

/** How many blobs may be on their way at a time, and how many bytes their chunks may have. */
export interface BlobQuota {
  readonly blobs: number;
  readonly bytes: number;
}

/** What may be on its way into the machine: announced, and not yet taken by a build. */
export interface BlobLimits {
  readonly ofSender: BlobQuota;
  readonly overall: BlobQuota;
  /** Blocks after which a blob is dropped that got no chunk. */
  readonly expiryBlocks: bigint;
}

/** Expiry is a week of 12-second blocks. */
export const BLOB_LIMITS: BlobLimits = {
  ofSender: { blobs: 8, bytes: 64 * 1024 * 1024 },
  overall: { blobs: 4_096, bytes: 256 * 1024 * 1024 },
  expiryBlocks: 50_400n,
};
