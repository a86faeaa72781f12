import { type Hex, hexToBytes, isHex } from "viem";
import { decodeReport, MalformedReportError } from "../protocol/index.ts";
import { MachineRefusedError, NodeAnswerError } from "./clientErrors.ts";
import { printableText } from "./printableText.ts";

interface InspectResponse {
  status: string;
  reports: { payload: Hex }[];
}

const STATUS = /^[A-Za-z]{1,40}$/;

/**
 * Parses a node's response to an inspect request.
 *
 * @returns the payloads of the machine's reports.
 * @throws {MachineRefusedError} with the machine's reason when it refused the query.
 * @throws {NodeAnswerError} when the response is malformed.
 */
export function parseInspectResponse(text: string): Uint8Array[] {
  const response = parse(text);
  if (!isInspectResponse(response)) {
    throw new NodeAnswerError("the node's response to inspect has no status or reports");
  }
  const reports = response.reports.map(({ payload }) => hexToBytes(payload));
  if (response.status === "Accepted") {
    return reports;
  }
  throw new MachineRefusedError(`the machine refused the query: ${reasonIn(reports)}`, {
    details: `status ${response.status}`,
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new NodeAnswerError("the node's response to inspect is not JSON", {
      cause,
      details: JSON.stringify(text.slice(0, 200)),
    });
  }
}

function isInspectResponse(value: unknown): value is InspectResponse {
  const { status, reports } = (value ?? {}) as Record<string, unknown>;
  return (
    typeof status === "string" &&
    STATUS.test(status) &&
    Array.isArray(reports) &&
    reports.every((report) => isBytes(report?.payload))
  );
}

function isBytes(value: unknown): boolean {
  return isHex(value) && value.length % 2 === 0;
}

/** The reason in the machine's last report, made safe for a terminal: anyone may run the node. */
function reasonIn(reports: readonly Uint8Array[]): string {
  const last = reports.at(-1);
  try {
    const report = last && decodeReport(last);
    return report?.kind === "error" ? printableText(report.message) : "it gave no reason";
  } catch (cause) {
    if (!(cause instanceof MalformedReportError)) {
      throw cause;
    }
    throw new NodeAnswerError("the machine's last report is not a Cartenix report", { cause });
  }
}
