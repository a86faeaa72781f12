import { MachineRefusedError, NodeAnswerError } from "../../client/index.ts";
import { parseInspectResponse } from "../../client/parseInspectResponse.ts";
import { encodeReport, type Report } from "../../protocol/index.ts";
import { checkParser } from "../checkParser.ts";
import { utf8 } from "../generators/samples.ts";
import { mutateJson } from "../mutations/json.ts";
import type { Target } from "../target.ts";

const answers: [status: string, report: Report][] = [
  ["Accepted", { kind: "missing", paths: [] }],
  ["Rejected", { kind: "error", message: "nar: it is not in the store" }],
  ["Exception", { kind: "stats", paths: 1, derivations: 2, uploads: 3 }],
];

export default {
  description: "a node's response to a query, as a client reads it",
  seeds: () => answers.map(([status, report]) => utf8(answerOf(status, report))),
  dictionary: ["0x", Buffer.from(encodeReport({ kind: "error", message: "\x1b[2J" })).toString("hex")],
  mutate: mutateJson,
  maxLength: 150_000,
  check: (input) =>
    checkParser(
      {
        parse: (bytes) => parseInspectResponse(Buffer.from(bytes).toString()),
        refuses: [NodeAnswerError, MachineRefusedError],
      },
      input,
    ),
} satisfies Target;

function answerOf(status: string, report: Report): string {
  const payload = `0x${Buffer.from(encodeReport(report)).toString("hex")}`;
  return JSON.stringify({
    status,
    exception_payload: null,
    reports: [{ payload }],
    processed_input_count: 1,
  });
}
