import { encodeReport } from "../../../protocol/index.ts";
import { MAX_REPORT_BYTES } from "../limits.ts";
import type { RollupDevice } from "./rollupDevice.ts";

/** JSON writes some characters with six bytes. */
const PIECE_LENGTH = Math.floor(MAX_REPORT_BYTES / 6);

/** Says a derivation's log in as many reports as it needs. */
export function reportLog(device: RollupDevice, drvPath: string, log: string): void {
  for (let start = 0; start < log.length; start += PIECE_LENGTH) {
    const text = log.slice(start, start + PIECE_LENGTH);
    device.emitReport(encodeReport({ kind: "log", drvPath, text }));
  }
}
