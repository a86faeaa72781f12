import type { ExportLimits } from "../../nix/index.ts";

/**
 * What one input may use. The limits are part of the handler and so of the template and its hash: every machine stops the
 * same input at the same point.
 */

/** Size of a decompressed bundle, which Node briefly holds twice. */
export const MAX_BUNDLE_BYTES = 96 * 1024 * 1024;

/** What the export stream of a bundle may contain. */
export const BUNDLE_LIMITS: ExportLimits = {
  maxPaths: 10_000,
  maxReferences: 2_000,
  maxAllReferences: 50_000,
  nar: { maxSize: MAX_BUNDLE_BYTES, maxNodes: 200_000, maxDepth: 64, maxPathLength: 2_048 },
};

/** Size of all `.drv` files in a bundle together; checking one takes fifty times its size in memory. */
export const MAX_DERIVATIONS_BYTES = 8 * 1024 * 1024;

/** Derivations that one request may build. */
export const MAX_BUILDS = 256;

/** Outputs of one derivation. */
export const MAX_OUTPUTS = 64;

/** Time of one derivation's build, by the machine's clock: 128 million cycles a second. */
export const MAX_BUILD_SECONDS = 900;

/** Time that a builder may print nothing. */
export const MAX_SILENT_SECONDS = 600;

/** Time of a whole request, including imports and hashing. */
export const MAX_REQUEST_SECONDS = 1_200;

/** Size of one derivation's build log. */
export const MAX_LOG_BYTES = 4 * 1024 * 1024;

/** Processes and threads of a build at a time. */
export const MAX_PROCESSES = 256;

/** Memory of all processes of a build together, including the kernel's for them; the machine has 512 MiB. */
export const MAX_MEMORY_BYTES = 320 * 1024 * 1024;

/** Growth of the disk during a build, including what is written besides outputs. */
export const MAX_DISK_BYTES = 512 * 1024 * 1024;

/** Files, folders and links of a build at a time. */
export const MAX_FILES = 20_000;

/** Size of one file that a build writes, including holes. */
export const MAX_FILE_BYTES = 256 * 1024 * 1024;

/** Length of a path that a build writes: the kernel's own limit. */
export const MAX_PATH_BYTES = 4_096;

/** Size of the NAR of one output. */
export const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

/** Interval at which the resource usage of a build is sampled. */
export const USAGE_SAMPLING_SECONDS = 1;

/**
 * Free space on the disk before a build: more than its bundle and one derivation's build may take. If there is less, the
 * least recently needed paths are deleted.
 */
export const MIN_FREE_BYTES = 640 * 1024 * 1024;
export const MIN_FREE_FILES = 24_000;

/**
 * Memory of the inventory before a build, and of V8's whole heap: one bundle may add 41 MiB, checking it needs up to 100
 * besides, and V8 has 256 MiB. If it is more, the least recently needed paths are deleted.
 */
export const MAX_INVENTORY_BYTES = 48 * 1024 * 1024;
export const MAX_HEAP_BYTES = 96 * 1024 * 1024;

/** Imported bundles that are remembered, so that later requests need not bring them again. */
export const MAX_KNOWN_BUNDLES = 1_000;

/** Deleted paths that a report names. */
export const MAX_NAMED_PATHS = 20;

/** Differing files that the log of a rebuild describes. */
export const MAX_SHOWN_DIFFERENCES = 10;

/** Size of one report; the device's buffer has 2 MiB. */
export const MAX_REPORT_BYTES = 512 * 1024;

/** Size of all vouchers and notices of one request, and of all its reports: a node collects a little more. */
export const MAX_EMITTED_OUTPUT_BYTES = 32 * 1024 * 1024;
export const MAX_EMITTED_REPORT_BYTES = 384 * 1024 * 1024;

/**
 * Outputs in one voucher, as many as the registry accepts, and size of its call: however many of the outputs conflict with earlier
 * records, its execution leaves a tenth of the gas that EIP-7825 allows a transaction.
 */
export const MAX_VOUCHER_OUTPUTS = 64;
export const MAX_VOUCHER_BYTES = 100_000;

/** How many blobs may be pending at a time, and how many bytes their chunks may have. */
export interface BlobQuota {
  readonly blobs: number;
  readonly bytes: number;
}

/** What may be pending: uploaded, in whole or in part, and not yet used by a build. */
export interface BlobLimits {
  readonly ofSender: BlobQuota;
  readonly overall: BlobQuota;
  /** Blocks without a new chunk after which a blob is dropped. */
  readonly expiryBlocks: bigint;
}

/** Expiry is a week of 12-second blocks. */
export const BLOB_LIMITS: BlobLimits = {
  ofSender: { blobs: 8, bytes: 64 * 1024 * 1024 },
  overall: { blobs: 4_096, bytes: 256 * 1024 * 1024 },
  expiryBlocks: 50_400n,
};
