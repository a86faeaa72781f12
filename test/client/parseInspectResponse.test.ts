import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { MachineRefusedError, NodeAnswerError } from "../../client/index.ts";
import { parseInspectResponse } from "../../client/parseInspectResponse.ts";
import { encodeReport, type Report } from "../../protocol/index.ts";

describe("a node's response to a query", () => {
  it("contains the machine's reports", () => {
    assert.deepEqual(parseInspectResponse(answer("Accepted", "0x0102", "0x")), [
      Uint8Array.of(1, 2),
      new Uint8Array(0),
    ]);
  });

  it("contains the machine's reason for a refusal, without control characters", () => {
    const refused = answer("Rejected", payloadOf({ kind: "error", message: "not \x1b[2Jthere" }));
    assert.throws(
      () => parseInspectResponse(refused),
      isA(MachineRefusedError, /query: not \\u\{1b\}\[2Jthere\n/),
    );
    assert.throws(() => parseInspectResponse(answer("Rejected")), isA(MachineRefusedError, /gave no reason/));
  });

  it("is rejected when malformed", () => {
    const cases: [string, RegExp][] = [
      ["", /not JSON/],
      ["\x1b[2J", /not JSON\n {2}details: "\\u001b\[2J"/],
      ["null", /no status or reports/],
      [answer("Accepted", "0x012"), /no status or reports/],
      [answer("two\nlines"), /no status or reports/],
      [JSON.stringify({ status: "Accepted", reports: [null] }), /no status or reports/],
      [answer("Rejected", "0x0102"), /last report is not a Cartenix report/],
    ];
    for (const [text, reason] of cases) {
      assert.throws(() => parseInspectResponse(text), isA(NodeAnswerError, reason), text);
    }
  });
});

function answer(status: string, ...payloads: string[]): string {
  return JSON.stringify({ status, reports: payloads.map((payload) => ({ payload })) });
}

function payloadOf(report: Report): string {
  return `0x${Buffer.from(encodeReport(report)).toString("hex")}`;
}

function isA(kind: new (...args: never[]) => Error, reason: RegExp) {
  return (error: unknown) => error instanceof kind && reason.test(error.message);
}
