import {
  BaseError,
  HttpRequestError,
  ResponseBodyTooLargeError,
  RpcError,
  RpcRequestError,
  TimeoutError,
} from "viem";
import { ChainDataError, ReorganisedError } from "./chainErrors.ts";

/** The ways in which an endpoint can fail. */
export const FAULTS = [
  "timeout",
  "unreachable",
  "http",
  "malformed",
  "too-large",
  "refused",
  "contradiction",
] as const;
export type Fault = (typeof FAULTS)[number];

/** What is wrong with which endpoint, for a log line. */
export interface EndpointFault {
  /** Host and port only: the rest of a URL may contain an API key. */
  endpoint: string;
  fault: Fault;
  /** The JSON-RPC method that was called. */
  method: string | undefined;
  reason: string;
}

const MAX_REASON_LENGTH = 300;

/** Classifies an error from reading the chain; an unknown error means a response of unexpected shape. */
export function describeFault(error: unknown, rpcUrl: string): EndpointFault {
  const { fault, reason } = faultOf(error);
  const method = error instanceof BaseError ? /"method":"(\w+)"/.exec(error.message)?.[1] : undefined;
  return { endpoint: endpointOf(rpcUrl), fault, method, reason: toSingleLine(reason) };
}

function faultOf(error: unknown): { fault: Fault; reason: string } {
  if (error instanceof ChainDataError || error instanceof ReorganisedError) {
    return { fault: "contradiction", reason: error.details ?? error.shortMessage };
  }
  if (!(error instanceof BaseError)) {
    return { fault: "malformed", reason: String(error) };
  }
  const cause = <T>(kind: abstract new (...args: never[]) => T) =>
    error.walk((one) => one instanceof kind) as T | null;
  if (cause(TimeoutError)) {
    return { fault: "timeout", reason: "no response in time" };
  }
  const tooLarge = cause(ResponseBodyTooLargeError);
  if (tooLarge) {
    return { fault: "too-large", reason: tooLarge.shortMessage };
  }
  if (cause(SyntaxError)) {
    return { fault: "malformed", reason: `invalid JSON: ${cause(SyntaxError)?.message}` };
  }
  const http = cause(HttpRequestError);
  if (http?.status !== undefined) {
    return { fault: "http", reason: `HTTP ${http.status}: ${http.details}` };
  }
  if (http) {
    return { fault: "unreachable", reason: rootCauseMessage(http) };
  }
  const refusal = cause(RpcRequestError) ?? cause(RpcError);
  if (refusal) {
    return { fault: "refused", reason: `${refusal.code}: ${refusal.details}` };
  }
  return { fault: "malformed", reason: error.shortMessage };
}

/** Node's message is only "fetch failed"; the reason is in the cause of its cause. */
function rootCauseMessage(error: Error): string {
  return error.cause instanceof Error ? rootCauseMessage(error.cause) : error.message;
}

function endpointOf(rpcUrl: string): string {
  return URL.parse(rpcUrl)?.host ?? "not a URL";
}

function toSingleLine(text: string): string {
  return text.replace(/\s+/g, " ").slice(0, MAX_REASON_LENGTH);
}
