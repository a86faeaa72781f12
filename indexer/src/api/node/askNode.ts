import { z } from "zod";
import { readAtMost } from "../../../../client/index.ts";
import { CartenixError } from "../../../../support/index.ts";
import type { NodeSettings } from "../../../settings.ts";
import { MAX_NODE_ANSWER_BYTES, NODE_TIMEOUT_MS } from "../limits/bounds.ts";
import { NodeFault } from "./nodeFault.ts";

/** The Cartesi node's code for an entry that does not exist. */
const NOT_FOUND = -32001;

/**
 * Calls a method of a node's `cartesi_*` API.
 *
 * @returns undefined when the node says that there is no such entry.
 * @throws {NodeFault} when the node does not answer in time and in bounds, or its answer does not have this shape.
 */
export async function askNode<Shape extends z.ZodTypeAny>(
  { url, application }: NodeSettings,
  method: `cartesi_${string}`,
  params: Record<string, unknown>,
  shape: Shape,
  signal: AbortSignal,
): Promise<z.output<Shape> | undefined> {
  const call = { jsonrpc: "2.0", id: 1, method, params: { application, ...params } };
  const { error, result } = parse(
    ENVELOPE,
    parseJson(await post(`${url}/rpc`, JSON.stringify(call), signal)),
    method,
  );
  if (error === undefined) {
    return parse(shape, result, method);
  }
  if (error.code === NOT_FOUND) {
    return undefined;
  }
  throw new NodeFault(`the node refused ${method}`, {
    details: `${error.code}: ${JSON.stringify(error.message.slice(0, 200))}`,
  });
}

const ENVELOPE = z.object({
  result: z.unknown(),
  error: z.object({ code: z.number().int(), message: z.string() }).optional(),
});

function parse<Shape extends z.ZodTypeAny>(shape: Shape, value: unknown, method: string): z.output<Shape> {
  const parsed = shape.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new NodeFault(`the node's answer to ${method} is malformed`, {
      details: `${issue?.path.join(".")}: ${issue?.message}`,
    });
  }
  return parsed.data;
}

async function post(url: string, body: string, signal: AbortSignal): Promise<string> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
      signal,
      redirect: "error",
    });
    return new TextDecoder().decode(await readAtMost(response, MAX_NODE_ANSWER_BYTES));
  } catch (cause) {
    throw new NodeFault(reasonOf(cause, signal), { details: describe(cause), cause });
  }
}

function reasonOf(cause: unknown, signal: AbortSignal): string {
  if (signal.aborted) {
    return `the node did not answer within ${NODE_TIMEOUT_MS} ms`;
  }
  if (cause instanceof CartenixError) {
    return `the node's answer is longer than ${MAX_NODE_ANSWER_BYTES} bytes`;
  }
  return "the node cannot be reached";
}

function describe(cause: unknown): string {
  return String((cause as Error).cause ?? cause);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new NodeFault("the node's answer is not JSON", { cause });
  }
}
