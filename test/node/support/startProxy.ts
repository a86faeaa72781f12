import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** One call on its way: what was asked, and what the real endpoint answered. */
export interface Call {
  method: string;
  params: unknown[];
  answer: { result?: unknown; error?: { code: number; message: string } };
}

/** Changes an answer on its way back; throws to have the connection cut. */
export type Tamper = (call: Call) => Call["answer"];

/** Answers a request in place of the chain, or not at all: true when it took it over. */
export type TakeOver = (method: string, response: ServerResponse) => boolean;

export interface FaultyProxy extends AsyncDisposable {
  url: string;
  /** Sees every call before it goes on; throws to have the connection cut. */
  inspect: (call: Omit<Call, "answer">) => void;
  /** What is done to every answer from now on. */
  tamper: Tamper;
  takeOver: TakeOver;
  /** How often each method was called. */
  calls: Map<string, number>;
  /** Tells the truth from now on. */
  heal(): void;
}

const truthful = {
  inspect: (_call: Omit<Call, "answer">) => {},
  tamper: ({ answer }: Call) => answer,
  takeOver: () => false,
};

/** A real HTTP endpoint in front of the chain's, which lies as it is told. */
export async function startProxy(upstream: string): Promise<FaultyProxy> {
  const proxy: Omit<FaultyProxy, keyof AsyncDisposable | "url" | "heal"> = { ...truthful, calls: new Map() };
  const server = createServer(async (request, response) => {
    const body = await new Response(request as unknown as ReadableStream).text();
    const { method, params, id } = JSON.parse(body);
    proxy.calls.set(method, (proxy.calls.get(method) ?? 0) + 1);
    try {
      proxy.inspect({ method, params });
      if (proxy.takeOver(method, response)) {
        return;
      }
      const real = await fetch(upstream, {
        method: "POST",
        body,
        headers: { "content-type": "application/json" },
      });
      const answer = (await real.json()) as Call["answer"];
      const { result, error } = proxy.tamper({ method, params, answer });
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ jsonrpc: "2.0", id, ...(error ? { error } : { result }) }));
    } catch {
      request.socket.destroy();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return Object.assign(proxy, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    heal: () => void Object.assign(proxy, truthful),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}
