import { Agent, request } from "node:http";
import type { Socket } from "node:net";
import { EmulatorGoneError, EmulatorProtocolError, EmulatorRequestError } from "../emulatorErrors.ts";
import { type Decoder, decodeRecord, decodeString, MismatchError } from "./decoders.ts";
import { type ExactJson, formatJson, parseJson } from "./exactJson.ts";

/** A JSON-RPC 2.0 client of one server process. */
export interface RpcClient {
  call<T>(method: string, params: readonly unknown[], decode: Decoder<T>): Promise<T>;
  /** Closes the connection. */
  close(): void;
}

/** The longest response, a block of memory in base64, is well below this. */
const MAX_RESPONSE_BYTES = 16 * 1024 * 1024;

/**
 * A client of the server that `connect` connects to. There is no timeout: a run or a root hash may take any time, and a
 * server that dies closes its socket.
 *
 * @param fate describes how the process ended, for the error.
 */
export function createRpcClient(connect: () => Promise<Socket>, fate: () => Promise<string>): RpcClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  agent.createConnection = (_options, created) => {
    connect().then(
      (socket) => created?.(null, socket),
      (error: Error) => created?.(error, undefined as never),
    );
    return undefined;
  };
  let lastId = 0;
  return {
    async call(method, params, decode) {
      const id = ++lastId;
      const body = formatJson({ jsonrpc: "2.0", id, method, params });
      let text: string;
      try {
        text = await post(agent, body);
      } catch (error) {
        if (error instanceof MismatchError) {
          throw new EmulatorProtocolError(method, error.message);
        }
        throw new EmulatorGoneError(method, await fate(), error);
      }
      try {
        return decode(resultOf(text, id, method));
      } catch (error) {
        if (error instanceof MismatchError) {
          throw new EmulatorProtocolError(method, error.message);
        }
        throw error;
      }
    },
    close: () => agent.destroy(),
  };
}

function post(agent: Agent, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        method: "POST",
        agent,
        headers: { "content-type": "application/json", "content-length": Buffer.byteLength(body) },
      },
      (response) => {
        const chunks: Buffer[] = [];
        let length = 0;
        response.on("data", (chunk: Buffer) => {
          length += chunk.length;
          if (length > MAX_RESPONSE_BYTES) {
            reject(new MismatchError(`the response is longer than ${MAX_RESPONSE_BYTES} bytes`));
            response.destroy();
          } else {
            chunks.push(chunk);
          }
        });
        response.on("error", reject);
        response.on("end", () => {
          if (response.statusCode === 200) {
            resolve(Buffer.concat(chunks).toString("utf8"));
          } else {
            reject(new MismatchError(`HTTP status ${response.statusCode}`));
          }
        });
      },
    );
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

function resultOf(text: string, id: number, method: string): ExactJson {
  let parsed: ExactJson;
  try {
    parsed = parseJson(text);
  } catch {
    throw new MismatchError(`not JSON: ${text.slice(0, 80)}`);
  }
  const response = decodeRecord(parsed);
  if (response.jsonrpc !== "2.0") {
    throw new MismatchError("not a JSON-RPC 2.0 response");
  }
  if (response.id !== id) {
    throw new MismatchError("a response to another request");
  }
  if (response.error !== undefined) {
    const { code, message } = decodeRecord(response.error);
    if (typeof code !== "number") {
      throw new MismatchError("an error without a code");
    }
    throw new EmulatorRequestError(method, code, decodeString(message ?? null));
  }
  if (response.result === undefined) {
    throw new MismatchError("neither a result nor an error");
  }
  return response.result;
}
