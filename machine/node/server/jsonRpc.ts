import { CartenixError, type ErrorCode } from "../../../support/index.ts";

/** A request that is answered with a JSON-RPC error. */
export class JsonRpcError extends CartenixError {
  readonly code: ErrorCode = "JSON_RPC";
  readonly rpcCode: number;

  constructor(rpcCode: number, message: string) {
    super(message);
    this.rpcCode = rpcCode;
  }
}

/** The error codes of JSON-RPC 2.0, and the Cartesi node's own for an entry that does not exist. */
export const CODES = {
  notFound: -32001,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internalError: -32603,
  parseError: -32700,
} as const;

export type Methods = ReadonlyMap<string, (params: unknown) => unknown>;

interface Answer {
  jsonrpc: "2.0";
  id: unknown;
  result?: unknown;
  error?: { code: number; message: string };
}

const MAX_BATCH_REQUESTS = 100;

/** Answers the body of an HTTP request: one call or a batch. `undefined` when it consists of notifications only. */
export function answerJsonRpc(
  methods: Methods,
  body: string,
  onInternalError: (method: string, error: unknown) => void,
): Answer | Answer[] | undefined {
  let request: unknown;
  try {
    request = JSON.parse(body);
  } catch {
    return refusal(null, CODES.parseError, "Invalid JSON");
  }
  const answer = (call: unknown) => answerCall(methods, call, onInternalError);
  if (!Array.isArray(request)) {
    return answer(request);
  }
  if (request.length === 0 || request.length > MAX_BATCH_REQUESTS) {
    return refusal(null, CODES.invalidRequest, `A batch must contain 1 to ${MAX_BATCH_REQUESTS} requests`);
  }
  const answers = request.map(answer).filter((one) => one !== undefined);
  return answers.length === 0 ? undefined : answers;
}

function answerCall(
  methods: Methods,
  call: unknown,
  onInternalError: (method: string, error: unknown) => void,
): Answer | undefined {
  if (typeof call !== "object" || call === null || Array.isArray(call)) {
    return refusal(null, CODES.invalidRequest, "Invalid request");
  }
  const { jsonrpc, id, method, params } = call as Record<string, unknown>;
  const knownId = typeof id === "string" || typeof id === "number" ? id : null;
  if (jsonrpc !== "2.0" || typeof method !== "string") {
    return refusal(knownId, CODES.invalidRequest, "Invalid request");
  }
  const run = methods.get(method);
  if (run === undefined) {
    return refusal(knownId, CODES.methodNotFound, "Method not found");
  }
  try {
    const result = run(params);
    return id === undefined ? undefined : { jsonrpc: "2.0", id: knownId, result };
  } catch (error) {
    if (error instanceof JsonRpcError) {
      return refusal(knownId, error.rpcCode, error.message);
    }
    onInternalError(method, error);
    return refusal(knownId, CODES.internalError, "Internal server error");
  }
}

function refusal(id: unknown, code: number, message: string): Answer {
  return { jsonrpc: "2.0", id, error: { code, message } };
}
