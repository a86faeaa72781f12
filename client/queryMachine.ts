import type { Address } from "viem";
import { encodeQuery, type Query } from "../protocol/index.ts";
import { NodeAnswerError, NodeUnreachableError } from "./clientErrors.ts";
import { patientFetch } from "./node/patientFetch.ts";
import { parseInspectResponse } from "./parseInspectResponse.ts";
import { readAtMost } from "./readAtMost.ts";

/** A node and the application whose machine it runs. */
export interface MachineAt {
  /** The node's address, `http://host:port`. */
  nodeUrl: string;
  application: Address;
}

/** What a node that is not ours may cost. */
export interface QueryBounds {
  signal?: AbortSignal;
  /** The bytes of the node's response, in which the machine's reports are hexadecimal digits: 64 MiB by default. */
  maxBytes?: number;
}

/** A log of 4 MiB, escaped in JSON and in hexadecimal digits, and whatever else the machine reports. */
const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;

/**
 * Queries an application's machine by inspect: free, off chain, and without changing its state.
 *
 * @returns the payloads of the machine's reports.
 * @throws {MachineRefusedError} with the machine's reason when it refuses the query.
 * @throws {NodeUnreachableError} when nothing answers at the node's address.
 * @throws {NodeAnswerError} when the node's response is malformed, or longer than the bounds allow.
 */
export async function queryMachine(
  machine: MachineAt,
  query: Query,
  { signal, maxBytes = DEFAULT_MAX_BYTES }: QueryBounds = {},
): Promise<Uint8Array[]> {
  const response = await inspect(machine, query, signal);
  return parseInspectResponse(new TextDecoder().decode(await readAtMost(response, maxBytes)));
}

const MAX_REFUSAL_BYTES = 64 * 1024;

/**
 * Sends a query.
 *
 * @returns the node's response, of which nothing is read.
 * @throws {NodeUnreachableError} when nothing answers at the node's address.
 * @throws {NodeAnswerError} when the node refuses to ask the machine.
 */
export async function inspect(
  { nodeUrl, application }: MachineAt,
  query: Query,
  signal: AbortSignal | undefined,
): Promise<Response> {
  const response = await patientFetch(`${nodeUrl}/inspect/${application}`, {
    method: "POST",
    headers: { "content-type": "application/octet-stream" },
    body: Uint8Array.from(encodeQuery(query)),
    ...(signal && { signal }),
  }).catch((cause: unknown) => {
    signal?.throwIfAborted();
    throw new NodeUnreachableError(`no node answers at ${nodeUrl}`, {
      cause,
      remedy: "start the node, or pass the address of another",
    });
  });
  if (!response.ok) {
    const text = new TextDecoder().decode(await readAtMost(response, MAX_REFUSAL_BYTES));
    throw new NodeAnswerError(`the node refused to inspect: HTTP ${response.status}`, {
      details: JSON.stringify(text.slice(0, 500)),
    });
  }
  return response;
}
