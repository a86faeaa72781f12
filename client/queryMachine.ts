import type { Address } from "viem";
import { encodeQuery, type Query } from "../protocol/index.ts";
import { NodeAnswerError, NodeUnreachableError } from "./clientErrors.ts";
import { parseInspectResponse } from "./parseInspectResponse.ts";

/** A node and the application whose machine it runs. */
export interface MachineAt {
  /** The node's address, `http://host:port`. */
  nodeUrl: string;
  application: Address;
}

/**
 * Queries an application's machine by inspect: free, off chain, and without changing its state.
 *
 * @returns the payloads of the machine's reports.
 * @throws {MachineRefusedError} with the machine's reason when it refuses the query.
 * @throws {NodeUnreachableError} when nothing answers at the node's address.
 * @throws {NodeAnswerError} when the node's response is malformed.
 */
export async function queryMachine({ nodeUrl, application }: MachineAt, query: Query): Promise<Uint8Array[]> {
  const response = await fetch(`${nodeUrl}/inspect/${application}`, {
    method: "POST",
    headers: { "content-type": "application/octet-stream" },
    body: Uint8Array.from(encodeQuery(query)),
  }).catch((cause: unknown) => {
    throw new NodeUnreachableError(`no node answers at ${nodeUrl}`, {
      cause,
      remedy: "start the node, or pass the address of another",
    });
  });
  const text = await response.text();
  if (!response.ok) {
    throw new NodeAnswerError(`the node refused to inspect: HTTP ${response.status}`, {
      details: JSON.stringify(text.slice(0, 500)),
    });
  }
  return parseInspectResponse(text);
}
