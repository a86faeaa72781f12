import {
  type Address,
  BaseError,
  createClient,
  type Hex,
  HttpRequestError,
  http,
  numberToHex,
  RpcRequestError,
  TimeoutError,
} from "viem";
import type { z } from "zod";
import type { Output } from "../../protocol/index.ts";
import { CartenixError } from "../../support/index.ts";
import { NodeAnswerError, NodeUnreachableError } from "../clientErrors.ts";
import { printableText } from "../printableText.ts";
import type { MachineAt } from "../queryMachine.ts";
import { readAtMost } from "../readAtMost.ts";
import { epochAnswer, inputAnswer, outputAnswer, outputPage, reportPage } from "./nodeShapes.ts";
import { patientFetch } from "./patientFetch.ts";
import type { Page } from "./readPages.ts";

/** Bytes of the longest answer that is read: a page of the largest reports, twice as long in hexadecimal digits. */
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;
const TIMEOUT_MS = 60_000;
const NOT_FOUND_CODE = -32_001;

/** What is read of an input. */
export interface NodeInput {
  readonly index: bigint;
  readonly epochIndex: bigint;
  readonly blockNumber: bigint;
  /** `NONE` until the machine has processed it, then `ACCEPTED` or why not. */
  readonly status: string;
  readonly machineHash: Hex | null;
  readonly outputsHash: Hex | null;
}

/** What is read of an output; its siblings are there once its epoch's claim is computed. */
export interface NodeOutput {
  readonly index: bigint;
  readonly epochIndex: bigint;
  readonly inputIndex: bigint;
  readonly rawData: Hex;
  readonly decodedData: Output | null;
  readonly outputHashesSiblings: readonly Hex[] | null;
  readonly executionTransactionHash: Hex | null;
}

interface ListParameters {
  application: Address;
  inputIndex: bigint;
  limit?: number;
  offset?: number;
  descending?: boolean;
}

/** What is asked of a node. */
export interface NodeClient {
  getInput(parameters: { application: Address; inputIndex: bigint }): Promise<NodeInput>;
  getOutput(parameters: { application: Address; outputIndex: bigint }): Promise<NodeOutput>;
  getEpoch(parameters: { application: Address; epochIndex: bigint }): Promise<{ readonly status: string }>;
  listOutputs(parameters: ListParameters): Promise<Page<NodeOutput>>;
  listReports(parameters: ListParameters): Promise<Page<{ readonly rawData: Hex }>>;
}

/** A node's JSON-RPC: the `cartesi_*` methods. A busy node is asked again, and answers are bounded. */
export function nodeClientOf(
  { nodeUrl }: Pick<MachineAt, "nodeUrl">,
  { signal }: { signal?: AbortSignal | undefined } = {},
): NodeClient {
  const transport = http(`${nodeUrl}/rpc`, {
    retryCount: 0,
    timeout: TIMEOUT_MS,
    fetchFn: async (input, init) => {
      const response = await patientFetch(input, init);
      const bytes = await readAtMost(response, MAX_ANSWER_BYTES);
      return new Response(response.status === 204 ? null : Uint8Array.from(bytes), {
        status: response.status,
        headers: { "content-type": response.headers.get("content-type") ?? "" },
      });
    },
    ...(signal && { fetchOptions: { signal } }),
  });
  const client = createClient({ transport });
  const ask = async <Shape extends z.ZodTypeAny>(
    method: string,
    params: object,
    shape: Shape,
  ): Promise<z.output<Shape>> => {
    const answer = await client.request({ method, params } as never);
    return parseAnswer(method, answer, shape);
  };
  return {
    async getInput({ application, inputIndex }) {
      const params = { application, input_index: numberToHex(inputIndex) };
      return (await ask("cartesi_getInput", params, inputAnswer)).data;
    },
    async getOutput({ application, outputIndex }) {
      const params = { application, output_index: numberToHex(outputIndex) };
      return (await ask("cartesi_getOutput", params, outputAnswer)).data;
    },
    async getEpoch({ application, epochIndex }) {
      const params = { application, epoch_index: numberToHex(epochIndex) };
      return (await ask("cartesi_getEpoch", params, epochAnswer)).data;
    },
    listOutputs: ({ inputIndex, ...rest }) =>
      ask("cartesi_listOutputs", { ...rest, input_index: numberToHex(inputIndex) }, outputPage),
    listReports: ({ inputIndex, ...rest }) =>
      ask("cartesi_listReports", { ...rest, input_index: numberToHex(inputIndex) }, reportPage),
  };
}

function parseAnswer<Shape extends z.ZodTypeAny>(
  method: string,
  answer: unknown,
  shape: Shape,
): z.output<Shape> {
  const parsed = shape.safeParse(answer);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new NodeAnswerError(`the node's answer to ${method} is malformed`, {
      details: printableText(`${issue?.path.join(".")}: ${issue?.message}`),
    });
  }
  return parsed.data;
}

/**
 * Asks a node, which may be anyone's: whatever its answer makes of `ask` becomes an error that says so.
 *
 * @returns `undefined` when the node does not have what was asked for.
 * @throws {NodeUnreachableError} when nothing answers.
 * @throws {NodeAnswerError} when the answer is a refusal, or not one that a node sends.
 */
export async function askNode<Answer>(
  ask: () => Promise<Answer>,
  signal: AbortSignal | undefined,
): Promise<Answer | undefined> {
  try {
    return await ask();
  } catch (error) {
    signal?.throwIfAborted();
    return explain(error);
  }
}

function explain(error: unknown): undefined {
  const walk = (kind: new (...args: never[]) => Error) =>
    error instanceof BaseError ? (error.walk((cause) => cause instanceof kind) ?? undefined) : undefined;
  const ours = error instanceof CartenixError ? error : walk(CartenixError as never);
  if (ours) {
    throw ours;
  }
  const refusal = walk(RpcRequestError) as RpcRequestError | undefined;
  if (refusal) {
    const message = printableText(refusal.details);
    if (refusal.code === NOT_FOUND_CODE && !/application/i.test(message)) {
      return undefined;
    }
    throw new NodeAnswerError(`the node refuses: ${message}`, { cause: error });
  }
  const http = walk(HttpRequestError) as HttpRequestError | undefined;
  if (http?.status) {
    throw new NodeAnswerError(`the node answers with HTTP ${http.status}`, { cause: error });
  }
  if (http || walk(TimeoutError)) {
    throw new NodeUnreachableError("the node does not answer", {
      cause: error,
      details: printableText((http ?? (error as BaseError)).details),
      remedy: "start the node, or pass the address of another",
    });
  }
  throw new NodeAnswerError("the node's answer is malformed", {
    cause: error,
    details: printableText(String((error as Error)?.message ?? error)),
  });
}
