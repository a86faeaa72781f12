import { decodeReport, MalformedReportError, type Report } from "../../protocol/index.ts";
import { NodeAnswerError } from "../clientErrors.ts";

/**
 * A report of the machine, as a node passes it on.
 *
 * @throws {NodeAnswerError} when it is none.
 */
export function decodeAnswer(payload: Uint8Array): Report {
  try {
    return decodeReport(payload);
  } catch (cause) {
    if (cause instanceof MalformedReportError) {
      throw new NodeAnswerError("the node passes on what is not a report of the machine", {
        cause,
        details: cause.shortMessage,
      });
    }
    throw cause;
  }
}
