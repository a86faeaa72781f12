import type { ExportLimits } from "../../nix/index.ts";

/**
 * What one input may use. The limits are part of the handler, so of the template and its hash: every machine ends
 * the same input at the same place.
 */

/** Bytes of a bundle when it is decompressed; Node holds it twice for a moment. */
export const MAX_BUNDLE_BYTES = 96 * 1024 * 1024;

/** What a bundle's export stream may hold. */
export const BUNDLE_LIMITS: ExportLimits = {
  maxPaths: 20_000,
  maxReferences: 2_000,
  nar: { maxSize: MAX_BUNDLE_BYTES, maxNodes: 200_000, maxDepth: 64, maxPathLength: 2_048 },
};

/** Derivations that one request may have to build. */
export const MAX_BUILDS = 256;

/** Seconds of the machine's clock that one derivation's build may take: 230 G cycles. */
export const MAX_BUILD_SECONDS = 1_800;

/** Seconds that a builder may be silent. */
export const MAX_SILENT_SECONDS = 900;

/** Seconds that all of a request may take. */
export const MAX_REQUEST_SECONDS = 3_600;

/** Bytes that one derivation's builder may log. */
export const MAX_LOG_BYTES = 4 * 1024 * 1024;

/** Bytes of one report; the device's buffer has 2 MiB. */
export const REPORT_BYTES = 512 * 1024;

/** Outputs in one voucher, and bytes of its call: both far below what one transaction can pay for. */
export const VOUCHER_OUTPUTS = 64;
export const VOUCHER_BYTES = 100_000;

/** Blobs on their way at a time: of one sender, and of all together. */
export const MAX_BLOBS_OF_SENDER = 8;
export const MAX_BLOBS = 64;

/** Bytes of blobs on their way at a time, of all senders together. */
export const MAX_BLOBS_BYTES = 256 * 1024 * 1024;

/** Blocks after which a blob to which nothing was added is dropped: a week of 12-second blocks. */
export const BLOB_EXPIRY_BLOCKS = 50_400n;
