import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { bytesToHex, type Hex, numberToHex } from "viem";
import { inputBoxAbi } from "../../../abi/index.ts";
import type { Deployment } from "../../../protocol/deployments/index.ts";
import {
  decodeEvmAdvance,
  decodeOutput,
  decodeQuery,
  type EvmAdvance,
  encodeReport,
} from "../../../protocol/index.ts";
import type { Rollup } from "../../indexer/support/startRollup.ts";
import { createScriptedMachine, type Processed } from "./scriptedMachine.ts";

const MAX_BODY_BYTES = 1024 * 1024;
const MAX_BATCH = 100;
const MAX_ITEMS = 10_000;
const DEFAULT_LIMIT = 50;

interface Entry extends Processed {
  raw: Hex;
  advance: EvmAdvance;
  transactionHash: Hex;
}

/** Makes anything of an answer's `result`, to be a node that lies. */
export type Distort = (method: string, result: unknown) => unknown;

/**
 * A node that speaks as the stock Cartesi node does, with its limits: 1 MiB of body, 100 requests of a batch, lists of 10,000 in sum,
 * HTTP 503 while it is busy, no CORS. Behind it is a {@link createScriptedMachine}; it records what is built at once, unless it is
 * told to wait.
 */
export async function startStockNode(rollup: Rollup, deployment: Deployment) {
  const machine = createScriptedMachine(deployment.registry);
  const { application, registry } = deployment;
  const entries: Entry[] = [];
  const state = {
    /** Requests that are answered by 503. */
    busy: 0,
    isProcessing: true,
    isRecording: true,
    distort: ((_, result) => result) as Distort,
    requests: 0,
    refusals: 0,
  };
  let nextBlock = 0n;
  let running = Promise.resolve();

  /** Reads what is new on the chain, one request after the other. */
  function catchUp(): Promise<void> {
    running = running.then(async () => {
      const logs = await rollup.client.getContractEvents({
        address: deployment.inputBox,
        abi: inputBoxAbi,
        eventName: "InputAdded",
        args: { appContract: application },
        fromBlock: nextBlock,
        strict: true,
      });
      for (const { args, transactionHash, blockNumber } of state.isProcessing ? logs : []) {
        nextBlock = blockNumber + 1n;
        const advance = decodeEvmAdvance(args.input)!;
        const entry = { ...machine.process(advance), raw: args.input, advance, transactionHash };
        entries.push(entry);
      }
      for (const { records, advance } of state.isRecording ? entries : []) {
        if (records.length > 0) {
          await rollup.record(application, registry, records.splice(0), advance.index);
        }
      }
    });
    return running;
  }

  const times = { created_at: new Date(0).toISOString(), updated_at: new Date(0).toISOString() };
  const inputOf = ({ raw, advance, status, transactionHash }: Entry) => ({
    epoch_index: "0x0",
    index: numberToHex(advance.index),
    block_number: numberToHex(advance.blockNumber),
    raw_data: raw,
    decoded_data: null,
    status,
    machine_hash: null,
    outputs_hash: null,
    transaction_reference: transactionHash,
    ...times,
  });
  const numbered = (kind: "outputs" | "reports") =>
    entries
      .flatMap((entry) => entry[kind].map((raw) => ({ entry, raw })))
      .map((one, index) => ({ ...one, index }));
  const outputOf = ({ entry, raw, index }: ReturnType<typeof numbered>[number]) => {
    const decoded = decodeOutput(raw);
    return {
      ...{
        epoch_index: "0x0",
        input_index: numberToHex(entry.advance.index),
        index: numberToHex(index),
        raw_data: raw,
      },
      decoded_data:
        decoded && "value" in decoded ? { ...decoded, value: numberToHex(decoded.value) } : decoded,
      ...{ hash: null, output_hashes_siblings: null, execution_transaction_hash: null },
      ...times,
    };
  };
  const reportOf = ({ entry, raw, index }: ReturnType<typeof numbered>[number]) => ({
    ...{
      epoch_index: "0x0",
      input_index: numberToHex(entry.advance.index),
      index: numberToHex(index),
      raw_data: raw,
    },
    ...times,
  });

  function call(method: string, params: Record<string, unknown>): unknown {
    const ofInput = (kind: "outputs" | "reports") =>
      numbered(kind).filter(({ entry }) => numberToHex(entry.advance.index) === params.input_index);
    switch (method) {
      case "cartesi_getInput":
        return { data: inputOf(found(entries[Number(params.input_index)], "Input")) };
      case "cartesi_listInputs":
        return page(
          entries.filter(({ advance }) => !params.sender || advance.sender === params.sender).map(inputOf),
          params,
        );
      case "cartesi_listOutputs":
        return page(ofInput("outputs").map(outputOf), params);
      case "cartesi_listReports":
        return page(ofInput("reports").map(reportOf), params);
      case "cartesi_getOutput":
        return { data: outputOf(found(numbered("outputs")[Number(params.output_index)], "Output")) };
      case "cartesi_getProcessedInputCount":
        return { data: numberToHex(entries.length) };
      default:
        throw new RpcError(-32_601, "Method not found");
    }
  }

  function answer(request: { id: unknown; method: string; params: Record<string, unknown> }): object {
    const { id, method, params } = request;
    try {
      if (String(params.application).toLowerCase() !== application.toLowerCase()) {
        throw new RpcError(-32_001, "Application not found");
      }
      return { jsonrpc: "2.0", id, result: state.distort(method, call(method, params)) };
    } catch (error) {
      const { code = -32_603, message } = error as Partial<RpcError>;
      return { jsonrpc: "2.0", id, error: { code, message } };
    }
  }

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    state.requests += 1;
    const body = await bodyOf(request);
    if (request.method !== "POST") {
      return void response.writeHead(405).end();
    }
    if (state.busy > 0) {
      state.busy -= 1;
      state.refusals += 1;
      return void response.writeHead(503, { "retry-after": "0" }).end("Service Unavailable");
    }
    if (body.length > MAX_BODY_BYTES) {
      return void response.writeHead(413).end("Request body too large");
    }
    await catchUp();
    if (request.url?.startsWith("/inspect/")) {
      return inspect(body, response);
    }
    const parsed = JSON.parse(body.toString());
    const requests = Array.isArray(parsed) ? parsed : [parsed];
    const items = requests.reduce(
      (sum, { params }) => sum + (Number(params?.limit ?? 0) || DEFAULT_LIMIT),
      0,
    );
    const result =
      requests.length > MAX_BATCH || items > MAX_ITEMS
        ? { jsonrpc: "2.0", id: null, error: { code: -32_600, message: "Request exceeds the limits" } }
        : Array.isArray(parsed)
          ? parsed.map(answer)
          : answer(parsed);
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(result));
  }

  function inspect(body: Buffer, response: ServerResponse): void {
    const report = machine.ask(decodeQuery(body));
    const answered = {
      status: report.kind === "error" ? "Rejected" : "Accepted",
      exception_payload: null,
      reports: [{ payload: bytesToHex(encodeReport(report)) }],
      processed_input_count: entries.length,
    };
    const result = JSON.stringify(state.distort("inspect", answered));
    response.writeHead(200, { "content-type": "application/json" }).end(result);
  }

  const server = createServer((request, response) => {
    respond(request, response).catch((error) => {
      response.writeHead(500).end(String(error));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    state,
    machine,
    catchUp,
    /** The addresses that sent each input so far, and what it was. */
    inputs: () =>
      entries.map(({ advance, status }) => ({ sender: advance.sender, status, payload: advance.payload })),
    async stop() {
      server.close();
      server.closeAllConnections();
      await running.catch(() => {});
      machine.stop();
    },
  };
}

export type StockNode = Awaited<ReturnType<typeof startStockNode>>;

class RpcError extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

function page(all: readonly unknown[], params: Record<string, unknown>) {
  const limit = Number(params.limit ?? 0) || DEFAULT_LIMIT;
  const offset = Number(params.offset ?? 0);
  const sorted = params.descending === true ? all.toReversed() : all;
  return {
    data: sorted.slice(offset, offset + limit),
    pagination: { total_count: all.length, limit, offset },
  };
}

function found<T>(value: T | undefined, what: string): T {
  if (value === undefined) {
    throw new RpcError(-32_001, `${what} not found`);
  }
  return value;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request) {
    pieces.push(piece as Buffer);
  }
  return Buffer.concat(pieces);
}
