import type { Report } from "../../protocol/index.ts";
import { BuildFailedError, MachineRefusedError } from "../clientErrors.ts";
import { printableLines } from "../printableLines.ts";
import { printableText } from "../printableText.ts";

const SHOWN_LINES = 20;
const MAX_LINE_LENGTH = 500;

/** Why the machine rejected an input, from its last reports. */
export function refusalOf(
  reports: readonly Report[],
  { inputIndex, inputStatus }: { inputIndex: bigint; inputStatus: string },
): MachineRefusedError {
  const reason = lastMessageIn(reports) ?? `the input ended as ${printableText(inputStatus)}`;
  const message = `the machine rejected the request: ${reason}`;
  const log = reports.map((report) => (report.kind === "log" ? report.text : "")).join("");
  if (log === "") {
    return new MachineRefusedError(message, {
      details: `input ${inputIndex}, ${printableText(inputStatus)}`,
    });
  }
  return new BuildFailedError(message, {
    log,
    details: `input ${inputIndex}; the log ends with\n${lastLinesOf(log)}`,
    remedy: `mend the build and submit it again; cartenix log ${inputIndex} prints the whole log`,
  });
}

/** The machine's last message about an input, in one line. */
export function lastMessageIn(reports: readonly Report[]): string | undefined {
  const last = reports.findLast((report) => "message" in report);
  return last && "message" in last ? printableText(last.message) : undefined;
}

function lastLinesOf(log: string): string {
  const lines = printableLines(log).trimEnd().split("\n").slice(-SHOWN_LINES);
  return lines.map((line) => `    ${line.slice(0, MAX_LINE_LENGTH)}`).join("\n");
}
