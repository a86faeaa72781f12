import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** What happens to a transaction: it is passed on, dropped, or passed on while nobody hears the answer. */
export type Fate = "pass" | "drop" | "swallow";

/** A JSON-RPC endpoint in front of a chain that lets a test decide about each transaction on its way. */
export async function startSendingProxy(rpcUrl: string) {
  const state = { decide: (_count: number): Fate => "pass", sent: 0 };
  const server = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) {
      pieces.push(piece as Buffer);
    }
    const body = Buffer.concat(pieces).toString();
    let fate: Fate = "pass";
    if (body.includes('"eth_sendRawTransaction"')) {
      state.sent += 1;
      fate = state.decide(state.sent);
    }
    if (fate === "drop") {
      return response.destroy();
    }
    const headers = { "content-type": "application/json" };
    const answer = await fetch(rpcUrl, { method: "POST", headers, body });
    const text = await answer.text();
    if (fate === "swallow") {
      return response.destroy();
    }
    response.writeHead(answer.status, headers).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    state,
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
