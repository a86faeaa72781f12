import { createServer, type Server } from "node:http";
import { type Hex, hexToNumber, numberToHex } from "viem";
import type { Chain } from "./blocks.ts";
import { blockHashOf, CHAIN_ID } from "./deployment.ts";
import { blockJson, makeRpcBlock, type RpcBlock, type RpcLog } from "./rpcBlocks.ts";

interface RpcRequest {
  id: number;
  method: string;
  params?: unknown[];
}

interface LogFilter {
  address?: Hex | Hex[];
  topics?: (Hex | Hex[] | null)[];
  fromBlock?: Hex;
  toBlock?: Hex;
  blockHash?: Hex;
}

/** Serves a chain's blocks and logs over JSON-RPC, as far as indexers ask for them. */
export class ScaleChainServer {
  readonly #blocks = new Map<number, RpcBlock>();
  readonly #numbers = new Map<Hex, number>();
  readonly server: Server;
  /** The last block that is there. */
  tip: number;

  constructor({ blocks, tip, end }: Chain) {
    this.tip = tip;
    for (const block of blocks) {
      this.#blocks.set(block.number, makeRpcBlock(block));
    }
    for (let number = 0; number <= end; number++) {
      this.#numbers.set(blockHashOf(number), number);
    }
    this.server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) {
        chunks.push(chunk);
      }
      const body = JSON.parse(Buffer.concat(chunks).toString()) as RpcRequest | RpcRequest[];
      response.setHeader("content-type", "application/json");
      response.end(
        Array.isArray(body) ? `[${body.map((one) => this.#answer(one)).join(",")}]` : this.#answer(body),
      );
    });
  }

  #answer({ id, method, params = [] }: RpcRequest): string {
    const result = this.#call(method, params);
    return result === undefined
      ? `{"jsonrpc":"2.0","id":${id},"error":{"code":-32601,"message":"the scale chain has no ${method}"}}`
      : `{"jsonrpc":"2.0","id":${id},"result":${result}}`;
  }

  #call(method: string, [first, second]: unknown[]): string | undefined {
    switch (method) {
      case "eth_chainId":
        return JSON.stringify(numberToHex(CHAIN_ID));
      case "eth_blockNumber":
        return JSON.stringify(numberToHex(this.tip));
      case "eth_getBlockByNumber":
        return this.#block(this.#numberOf(first as string), second === true);
      case "eth_getBlockByHash":
        return this.#block(this.#numbers.get(first as Hex) ?? Number.POSITIVE_INFINITY, second === true);
      case "eth_getLogs":
        return this.#logs(first as LogFilter);
      default:
        return undefined;
    }
  }

  #numberOf(tag: string): number {
    if (tag.startsWith("0x")) {
      return hexToNumber(tag as Hex);
    }
    return tag === "earliest" ? 0 : this.tip;
  }

  #block(number: number, withTransactions: boolean): string {
    if (number > this.tip) {
      return "null";
    }
    const block = this.#blocks.get(number);
    if (block === undefined) {
      return blockJson(number);
    }
    return withTransactions ? block.json : block.headerJson;
  }

  #logs({ address, topics = [], fromBlock = "0x0", toBlock, blockHash }: LogFilter): string {
    const from = blockHash ? this.#numbers.get(blockHash)! : this.#numberOf(fromBlock);
    const to = blockHash ? from : Math.min(this.#numberOf(toBlock ?? "latest"), this.tip);
    const addresses =
      address === undefined ? undefined : new Set([address].flat().map((one) => one.toLowerCase()));
    const wanted = topics.map((topic) => (topic === null ? undefined : new Set([topic].flat())));
    const matches = (log: RpcLog) =>
      (addresses?.has(log.address) ?? true) &&
      wanted.every((topic, place) => topic === undefined || topic.has(log.topics[place]!));
    const found: string[] = [];
    for (let number = from; number <= to; number++) {
      for (const log of this.#blocks.get(number)?.logs ?? []) {
        if (matches(log)) {
          found.push(log.json);
        }
      }
    }
    return `[${found.join(",")}]`;
  }
}
