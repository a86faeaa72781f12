import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A JSON-RPC call and the real endpoint's answer. */
export interface Call {
  method: string;
  params: unknown[];
  answer: { result?: unknown; error?: { code: number; message: string } };
}

/** Changes an answer; throws to cut the connection. */
export type Tamper = (call: Call) => Call["answer"];

/** Handles a request in place of the chain, or leaves it unanswered; returns whether it did. */
export type TakeOver = (method: string, response: ServerResponse) => boolean;

export interface FaultyProxy extends AsyncDisposable {
  url: string;
  /** Receives every call before it is forwarded; throws to cut the connection. */
  inspect: (call: Omit<Call, "answer">) => void;
  /** Applied to every answer. */
  tamper: Tamper;
  takeOver: TakeOver;
  /** How often each method was called. */
  calls: Map<string, number>;
  /** Forwards everything unchanged from now on. */
  heal(): void;
}

const truthful = {
  inspect: (_call: Omit<Call, "answer">) => {},
  tamper: ({ answer }: Call) => answer,
  takeOver: () => false,
};

/** Starts an HTTP proxy in front of the chain's endpoint that misbehaves on demand. */
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
      const forward = () =>
        fetch(upstream, { method: "POST", body, headers: { "content-type": "application/json" } });
      // The chain closes idle connections after 5 s, perhaps just when one is used again.
      const real = await forward().catch(forward);
      const answer = (await real.json()) as Call["answer"];
      const { result, error } = proxy.tamper({ method, params, answer });
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ jsonrpc: "2.0", id, ...(error ? { error } : { result }) }));
    } catch {
      request.socket.destroy();
    }
  });
  server.keepAliveTimeout = 0; // an idle connection that closes just when it is used again looks like a fault
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
