import { encodeReport } from "../../../protocol/index.ts";
import { MAX_REPORT_BYTES } from "../limits.ts";
import type { RollupDevice } from "./rollupDevice.ts";

const MAX_JSON_BYTES_PER_CHARACTER = 6;
const MAX_TEXT_LENGTH = Math.floor(MAX_REPORT_BYTES / MAX_JSON_BYTES_PER_CHARACTER);

/** Emits a derivation's build log in as many reports as it needs. */
export function reportLog(device: RollupDevice, drvPath: string, log: string): void {
  for (let start = 0; start < log.length; start += MAX_TEXT_LENGTH) {
    const text = log.slice(start, start + MAX_TEXT_LENGTH);
    device.emitReport(encodeReport({ kind: "log", drvPath, text }));
  }
}
