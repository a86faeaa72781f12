import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** One call on its way: what was asked, and what the real endpoint answered. */
export interface Call {
  method: string;
  params: unknown[];
  answer: { result?: unknown; error?: { code: number; message: string } };
}

/** Changes an answer on its way back; throws to have the connection cut. */
export type Tamper = (call: Call) => Call["answer"];

export interface FaultyProxy extends AsyncDisposable {
  url: string;
  /** Sees every call before it goes on; throws to have the connection cut. */
  inspect: (call: Omit<Call, "answer">) => void;
  /** What is done to every answer from now on. */
  tamper: Tamper;
  /** How often each method was called. */
  calls: Map<string, number>;
}

/** A real HTTP endpoint in front of the chain's, which lies as it is told. */
export async function startProxy(upstream: string): Promise<FaultyProxy> {
  const proxy = {
    inspect: (_call: Omit<Call, "answer">) => {},
    tamper: ({ answer }: Call) => answer,
    calls: new Map<string, number>(),
  };
  const server = createServer(async (request, response) => {
    const body = await new Response(request as unknown as ReadableStream).text();
    const { method, params, id } = JSON.parse(body);
    proxy.calls.set(method, (proxy.calls.get(method) ?? 0) + 1);
    try {
      proxy.inspect({ method, params });
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
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}
