import type { Address } from "viem";
import { type Hex, hexToBytes, isHex } from "viem";
import { decodeReport, encodeQuery, type Query } from "../requests/index.ts";
import { CartenixError } from "../support/index.ts";
import { MachineRefusedError, NodeAnswerError } from "./errors.ts";

/** A node and the application whose machine it runs. */
export interface MachineAt {
  /** The node's address, `http://host:port`. */
  nodeUrl: string;
  application: Address;
}

interface InspectAnswer {
  status: string;
  reports: { payload: Hex }[];
}

/**
 * Asks an application's machine something (inspect: free, off chain, changes nothing).
 *
 * @returns the payloads of the machine's reports.
 * @throws {MachineRefusedError} with the machine's reason when it refuses the query.
 * @throws {NodeAnswerError} when the node answers something else.
 */
export async function queryMachine({ nodeUrl, application }: MachineAt, query: Query): Promise<Uint8Array[]> {
  const response = await fetch(`${nodeUrl}/inspect/${application}`, {
    method: "POST",
    headers: { "content-type": "application/octet-stream" },
    body: Uint8Array.from(encodeQuery(query)),
  }).catch((cause: unknown) => {
    throw new CartenixError(`no node answers at ${nodeUrl}`, {
      cause,
      remedy: "start the node, or give its address",
    });
  });
  const text = await response.text();
  if (!response.ok)
    throw new NodeAnswerError(`the node refused to inspect: HTTP ${response.status}`, {
      details: text.slice(0, 500),
    });
  const answer = readAnswer(text);
  const reports = answer.reports.map(({ payload }) => hexToBytes(payload));
  if (answer.status !== "Accepted") throw refusal(answer.status, reports);
  return reports;
}

function readAnswer(text: string): InspectAnswer {
  let value: Partial<InspectAnswer>;
  try {
    value = JSON.parse(text) as Partial<InspectAnswer>;
  } catch (cause) {
    throw new NodeAnswerError("the node's answer to inspect is not JSON", {
      cause,
      details: text.slice(0, 200),
    });
  }
  const { status, reports } = value ?? {};
  if (
    typeof status !== "string" ||
    !Array.isArray(reports) ||
    !reports.every((report) => isHex(report?.payload))
  )
    throw new NodeAnswerError("the node's answer to inspect has no status or reports");
  return { status, reports };
}

function refusal(status: string, reports: Uint8Array[]): MachineRefusedError {
  const last = reports.at(-1);
  const report = last && decodeReport(last);
  const reason = report?.kind === "error" ? report.message : "it gave no reason";
  return new MachineRefusedError(`the machine refused the query: ${reason}`, { details: `status ${status}` });
}
