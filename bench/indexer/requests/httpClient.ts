import { Agent, request } from "node:http";

export interface Answer {
  status: number;
  body: string;
}

export interface HttpClient {
  get(path: string): Promise<Answer>;
  post(path: string, body: object): Promise<Answer>;
  close(): void;
}

/** A client that costs little: it runs on the computer that it measures. */
export function createHttpClient(url: string): HttpClient {
  const agent = new Agent({ keepAlive: true });
  const { hostname, port } = new URL(url);
  const send = (method: string, path: string, body?: string) =>
    new Promise<Answer>((resolve, reject) => {
      const headers = body === undefined ? {} : { "content-type": "application/json" };
      const sent = request({ agent, hostname, port, method, path, headers }, (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          text += chunk;
        });
        response.once("end", () => resolve({ status: response.statusCode!, body: text }));
        response.once("error", reject);
      });
      sent.once("error", reject);
      sent.end(body);
    });
  return {
    get: (path) => send("GET", path),
    post: (path, body) => send("POST", path, JSON.stringify(body)),
    close: () => agent.destroy(),
  };
}
