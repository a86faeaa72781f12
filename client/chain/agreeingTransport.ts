import {
  createTransport,
  type EIP1193RequestFn,
  hexToBigInt,
  isHex,
  numberToHex,
  type Transport,
} from "viem";
import { EndpointsDisagreeError } from "../clientErrors.ts";
import { printableText } from "../printableText.ts";

/** How far the heads of endpoints may be apart: an older block is one whose contradictions may be missing. */
export const MAX_BLOCKS_APART = 100n;

interface Endpoint {
  /** For messages, such as its URL. */
  readonly name: string;
  readonly transport: Transport;
}

interface Answer {
  readonly name: string;
  readonly value: unknown;
}

const BLOCK = ["hash", "number", "timestamp"];
const LOG = ["address", "topics", "data", "blockNumber", "blockHash", "transactionHash", "logIndex"];
/** What is read of an answer, and compared: of the rest, endpoints have more or fewer fields. Other answers are compared as a whole. */
const FIELDS: Readonly<Record<string, string[]>> = {
  eth_getBlockByNumber: BLOCK,
  eth_getBlockByHash: BLOCK,
  eth_getLogs: LOG,
  eth_getTransactionByHash: ["hash", "from", "to", "input", "nonce", "value", "blockNumber", "blockHash"],
  eth_getTransactionReceipt: [...LOG, "from", "to", "status", "gasUsed", "logs"],
};

/**
 * A viem transport that asks several endpoints and believes none alone: what they answer must be the same. Of block numbers it takes the
 * lowest, so that all of them know the block. Reads must name a block by number, as all of ours do: endpoints are never at the same head.
 *
 * @throws {EndpointsDisagreeError} from a request whose answers differ, or where one endpoint is far behind.
 */
export function agreeingTransport(endpoints: readonly Endpoint[]): Transport {
  return (options) => {
    const opened = endpoints.map(({ name, transport }) => ({ name, request: transport(options).request }));
    return createTransport({
      key: "agreeing",
      name: "agreeing endpoints",
      type: "agreeing",
      retryCount: 0,
      request: (async ({ method, params }: { method: string; params?: unknown }) => {
        const answers = await Promise.all(
          opened.map(async ({ name, request }) => ({
            name,
            value: await request({ method, params } as never),
          })),
        );
        return method === "eth_blockNumber" ? lowest(answers) : theSame(method, answers);
      }) as EIP1193RequestFn,
    });
  };
}

function lowest(answers: readonly Answer[]): unknown {
  const heads = answers
    .map(({ name, value }) => ({ name, number: blockNumberOf(name, value) }))
    .toSorted((a, b) => Number(a.number - b.number));
  const [last, first] = [heads[0]!, heads.at(-1)!];
  if (first.number - last.number > MAX_BLOCKS_APART) {
    throw new EndpointsDisagreeError(`${last.name} is ${first.number - last.number} blocks behind`, {
      details: `it is at block ${last.number}, ${first.name} at ${first.number}`,
      remedy: "leave it out, or wait until it is up to date; if the other one lies, leave that out",
    });
  }
  return numberToHex(last.number);
}

function blockNumberOf(name: string, answer: unknown): bigint {
  if (!isHex(answer) || answer === "0x") {
    throw new EndpointsDisagreeError(`${name} answers eth_blockNumber with what is no number`, {
      details: excerpt(JSON.stringify(answer)),
      remedy: "leave it out",
    });
  }
  return hexToBigInt(answer);
}

function theSame(method: string, answers: readonly Answer[]): unknown {
  const texts = answers.map(({ value }) => JSON.stringify(value, FIELDS[method])?.toLowerCase());
  const other = texts.findIndex((text) => text !== texts[0]);
  if (other !== -1) {
    throw new EndpointsDisagreeError(`two endpoints answer ${method} differently`, {
      details: `${answers[0]!.name}: ${excerpt(texts[0])}; ${answers[other]!.name}: ${excerpt(texts[other])}`,
      remedy: "one of them is wrong, lies, or is on another chain: ask a third",
    });
  }
  return answers[0]!.value;
}

function excerpt(text: string | undefined): string {
  return printableText((text ?? "nothing").slice(0, 200));
}
