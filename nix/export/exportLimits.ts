import { DEFAULT_NAR_LIMITS, type NarLimits } from "../nar/narLimits.ts";

/** Limits of one export stream. */
export interface ExportLimits {
  readonly maxPaths: number;
  /** References of one path. */
  readonly maxReferences: number;
  /** References of all paths together. */
  readonly maxAllReferences: number;
  readonly nar: NarLimits;
}

/** Wide enough for any real closure. */
export const DEFAULT_EXPORT_LIMITS: ExportLimits = {
  maxPaths: 100_000,
  maxReferences: 100_000,
  maxAllReferences: 10_000_000,
  nar: DEFAULT_NAR_LIMITS,
};
