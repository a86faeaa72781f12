import { canonicalJson } from "../json/canonicalJson.ts";
import type { Report } from "./report.ts";

/** A report's bytes: canonical JSON. */
export function encodeReport(report: Report): Uint8Array {
  return new TextEncoder().encode(canonicalJson(report));
}
