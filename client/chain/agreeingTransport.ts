import {
  createTransport,
  type EIP1193RequestFn,
  hexToBigInt,
  isHex,
  numberToHex,
  type Transport,
} from "viem";
import { EndpointsDisagreeError } from "../clientErrors.ts";

/**
 * A viem transport that asks several endpoints and believes none alone: what they answer must be the same. Of block numbers it takes the
 * lowest, so that all of them know the block. Reads must name a block by number, as all of ours do: endpoints are never at the same head.
 *
 * @param endpoints Each with its name for messages, such as its URL.
 * @throws {EndpointsDisagreeError} from a request whose answers differ.
 */
export function agreeingTransport(
  endpoints: readonly { readonly name: string; readonly transport: Transport }[],
): Transport {
  return (options) => {
    const opened = endpoints.map(({ name, transport }) => ({ name, request: transport(options).request }));
    return createTransport({
      key: "agreeing",
      name: "agreeing endpoints",
      type: "agreeing",
      retryCount: 0,
      request: (async ({ method, params }: { method: string; params?: unknown }) => {
        const answers = await Promise.all(opened.map(({ request }) => request({ method, params } as never)));
        return method === "eth_blockNumber" ? lowest(answers) : theSame(method, opened, answers);
      }) as EIP1193RequestFn,
    });
  };
}

function lowest(answers: readonly unknown[]): unknown {
  const numbers = answers.map((answer) => hexToBigInt(isHex(answer) ? answer : "0x0"));
  return numberToHex(numbers.reduce((least, number) => (number < least ? number : least)));
}

function theSame(
  method: string,
  endpoints: readonly { name: string }[],
  answers: readonly unknown[],
): unknown {
  const texts = answers.map((answer) => JSON.stringify(answer));
  const other = texts.findIndex((text) => text !== texts[0]);
  if (other !== -1) {
    throw new EndpointsDisagreeError(`two endpoints answer ${method} differently`, {
      details: `${endpoints[0]!.name}: ${excerpt(texts[0])}; ${endpoints[other]!.name}: ${excerpt(texts[other])}`,
      remedy: "one of them is wrong, lies, or is on another chain: ask a third",
    });
  }
  return answers[0];
}

function excerpt(text: string | undefined): string {
  return (text ?? "nothing").slice(0, 200);
}
