import type { NodeSettings } from "../../../settings.ts";
import { NODE_TIMEOUT_MS } from "../limits/bounds.ts";
import { NodeFault } from "./nodeFault.ts";
import { readReports } from "./readReports.ts";

/** A report has up to 512 KiB, twice that in hexadecimal digits. */
const REPORTS_AT_ONCE = 4;
/** As much as the machine lets a builder print. */
const MAX_LOG_CHARACTERS = 4 * 1024 * 1024;

/**
 * The log of a derivation that an input built, as the node keeps it.
 *
 * @returns undefined when the node has none.
 * @throws {NodeFault} when the node does not answer in time and in bounds.
 */
export async function readLog(
  node: NodeSettings,
  inputIndex: bigint,
  drvPath: string,
): Promise<string | undefined> {
  const signal = AbortSignal.timeout(NODE_TIMEOUT_MS);
  let log = "";
  for (let offset = 0; ; offset += REPORTS_AT_ONCE) {
    const reports = await readReports(node, inputIndex, { offset, limit: REPORTS_AT_ONCE }, signal);
    for (const report of reports) {
      if (report?.kind === "log" && report.drvPath === drvPath) {
        log += report.text;
      } else if (log !== "") {
        return log;
      }
    }
    if (log.length > MAX_LOG_CHARACTERS) {
      throw new NodeFault(`the node's log of ${drvPath} is longer than any build's`);
    }
    if (reports.length < REPORTS_AT_ONCE) {
      return log === "" ? undefined : log;
    }
  }
}
