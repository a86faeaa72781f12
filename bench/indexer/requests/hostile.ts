import { connect } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import type { HttpClient } from "./httpClient.ts";

const BIG_BODY_BYTES = 10 * 1024 * 1024;
const SLOW_READ_MS = 2_000;
const DEEP = 30;
const ALIASES = 8;

/** Rows that are within the bounds, sorted by a column without an index, so that the whole table is read for them. */
const SORTED = 'outputs(limit: 700, orderBy: "narSize") { items { storePath references } }';

const DEEP_QUERY = `{ ${"outputs { items { application { ".repeat(DEEP)} address ${"} } }".repeat(DEEP)} }`;
const THREE_LEVELS = `{ outputs(limit: 1000) { items { application { outputs(limit: 1000) { items {
  application { outputs(limit: 1000) { items { narHash } } } } } } } } }`;
const NESTED = `{ applications(limit: 5) { items { outputs(limit: 100) { items { observations(limit: 10) { items { id } } } } } } }`;
const MANY_ALIASES = `{ ${Array.from({ length: ALIASES }, (_, place) => `a${place}: ${SORTED}`).join(" ")} }`;

type Attack = (client: HttpClient, url: string) => Promise<unknown>;

const ask =
  (query: string): Attack =>
  (client) =>
    client.post("/graphql", { query });

/** Two of each kind: depth, rows, aliases, large bodies, and readers that do not read. */
const ATTACKS: readonly Attack[] = [
  ask(DEEP_QUERY),
  ask(THREE_LEVELS),
  ask(NESTED),
  ask(`{ ${SORTED} }`),
  ask(MANY_ALIASES),
  ask(MANY_ALIASES.replaceAll("narSize", "inputIndex")),
  sendBigBody,
  sendBigBody,
  readSlowly,
  readSlowly,
];

/** Sends ten hostile requests at once, each again as soon as it has ended, until the signal. */
export async function attack(client: HttpClient, url: string, signal: AbortSignal): Promise<void> {
  await Promise.all(
    ATTACKS.map(async (send) => {
      while (!signal.aborted) {
        await send(client, url);
      }
    }),
  );
}

/** Writes for as long as the indexer reads. */
async function sendBigBody(_client: HttpClient, url: string): Promise<void> {
  const head = `POST /graphql HTTP/1.1\r\nhost: indexer\r\ncontent-type: application/json\r\ncontent-length: ${BIG_BODY_BYTES}\r\n\r\n`;
  const socket = openSocket(url);
  socket.write(head);
  socket.write(Buffer.alloc(BIG_BODY_BYTES, " "));
  socket.resume();
  await Promise.race([new Promise((resolve) => socket.once("close", resolve)), pause(SLOW_READ_MS)]);
  socket.destroy();
}

async function readSlowly(_client: HttpClient, url: string): Promise<void> {
  const body = JSON.stringify({ query: `{ ${SORTED} }` });
  const socket = openSocket(url);
  socket.write(
    `POST /graphql HTTP/1.1\r\nhost: indexer\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
  socket.pause();
  await pause(SLOW_READ_MS);
  socket.destroy();
}

function openSocket(url: string) {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on("error", () => undefined);
  return socket;
}
