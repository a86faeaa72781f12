import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { parentPort, workerData } from "node:worker_threads";
import { MAX_BATCH_ROWS } from "./batchBounds.ts";
import type { ThreadAnswer, ThreadError, ThreadRequest } from "./threadMessages.ts";

/** The thread in which PGlite runs. `workerData` is what PGlite is made with. */

type Parser = (text: string) => unknown;

interface Answer {
  messages: { name: string }[];
}

declare class Database {
  constructor(options: object);
  query(
    text: string,
    values: readonly unknown[],
    options: { rowMode?: string; blob?: Blob; parsers: Record<number, Parser> },
  ): Promise<unknown>;
  exec(text: string): Promise<unknown>;
  execProtocol(message: Uint8Array, options?: object): Promise<Answer>;
  close(): Promise<void>;
}

const ponder = createRequire(fileURLToPath(import.meta.resolve("ponder")));
const { PGlite, protocol } = ponder("@electric-sql/pglite") as {
  PGlite: typeof Database;
  protocol: { serialize: { execute(limit: { rows: number }): Uint8Array } };
};

const EXECUTE = "E".charCodeAt(0);
const EXECUTE_BATCH = protocol.serialize.execute({ rows: MAX_BATCH_ROWS });

/** Takes a statement's rows from Postgres in batches: their size is what PGlite bears at once. */
class BatchedPglite extends PGlite {
  override async execProtocol(message: Uint8Array, options?: object): Promise<Answer> {
    if (message[0] !== EXECUTE) {
      return super.execProtocol(message, options);
    }
    const messages: Answer["messages"] = [];
    for (;;) {
      const answer = await super.execProtocol(EXECUTE_BATCH, options);
      const isSuspended = answer.messages.at(-1)?.name === "portalSuspended";
      for (const one of isSuspended ? answer.messages.slice(0, -1) : answer.messages) {
        messages.push(one);
      }
      if (!isSuspended) {
        return { ...answer, messages };
      }
    }
  }
}

const database = new BatchedPglite(workerData as object);

parentPort!.on("message", async (request: ThreadRequest) => {
  answer({
    id: request.id,
    ...(await run(request).then(
      (result) => ({ result }),
      (error: Error) => ({ error: fieldsOf(error) }),
    )),
  });
});

function run(request: ThreadRequest): Promise<unknown> {
  switch (request.kind) {
    case "query": {
      const { textTypes, ...options } = request.options;
      const parsers = Object.fromEntries(textTypes.map((type) => [type, (text: string) => text]));
      return database.query(request.text, request.values, { ...options, parsers });
    }
    case "exec":
      return database.exec(request.text);
    case "close":
      return database.close();
    default:
      return request satisfies never;
  }
}

function answer(message: ThreadAnswer): void {
  parentPort!.postMessage(message);
}

function fieldsOf(error: Error): ThreadError {
  return { ...error, name: error.name, message: error.message, stack: error.stack };
}
