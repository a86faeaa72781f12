import { Worker } from "node:worker_threads";
import type { ThreadAnswer, ThreadQueryOptions, ThreadRequest } from "./threadMessages.ts";

const THREAD = new URL("thread.ts", import.meta.url);

/** Answers live shortly: the 64 MB of the main thread would be three times as much. */
const YOUNG_MEGABYTES = 32;

interface QueryOptions {
  rowMode?: "array" | "object";
  blob?: Blob;
  /** Drizzle's, all of which leave a text as it is. */
  parsers?: Record<number, unknown>;
}

interface Statements {
  query(text: string, values?: readonly unknown[], options?: QueryOptions): Promise<unknown>;
  exec(text: string): Promise<unknown>;
}

type WithoutId<Request> = Request extends unknown ? Omit<Request, "id"> : never;

/**
 * What Ponder uses of PGlite, which runs in a thread of its own: it would take more than half of the main one's time. Its statements run in
 * the order in which they are asked for, and none between those of a transaction.
 */
class ThreadedPglite implements Statements {
  readonly #thread: Worker;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #count = 0;
  #failure: Error | undefined;
  /** The end of the last statement or transaction that was asked for. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: object) {
    this.#thread = new Worker(THREAD, {
      workerData: options,
      execArgv: [],
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEGABYTES },
    });
    this.#thread.on("message", (answer: ThreadAnswer) => this.#settle(answer));
    this.#thread.on("error", (error) => this.#fail(error as Error));
    this.#thread.on("exit", () => this.#fail(new Error("PGlite's thread has ended")));
  }

  query(text: string, values?: readonly unknown[], options?: QueryOptions): Promise<unknown> {
    return this.#inTurn(() => this.#statements.query(text, values, options));
  }

  exec(text: string): Promise<unknown> {
    return this.#inTurn(() => this.#statements.exec(text));
  }

  transaction<Value>(work: (statements: Statements) => Promise<Value>): Promise<Value> {
    return this.#inTurn(async () => {
      await this.#statements.exec("BEGIN");
      try {
        const value = await work(this.#statements);
        await this.#statements.exec("COMMIT");
        return value;
      } catch (error) {
        await this.#statements.exec("ROLLBACK");
        throw error;
      }
    });
  }

  async close(): Promise<void> {
    try {
      await this.#inTurn(() => this.#ask({ kind: "close" }));
    } finally {
      await this.#thread.terminate();
    }
  }

  readonly #statements: Statements = {
    query: (text, values = [], { rowMode, blob, parsers = {} } = {}) => {
      const options: ThreadQueryOptions = { rowMode, blob, textTypes: Object.keys(parsers).map(Number) };
      return this.#ask({ kind: "query", text, values, options });
    },
    exec: (text) => this.#ask({ kind: "exec", text }),
  };

  #inTurn<Value>(work: () => Promise<Value>): Promise<Value> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }

  #ask(request: WithoutId<ThreadRequest>): Promise<unknown> {
    if (this.#failure) {
      return Promise.reject(this.#failure);
    }
    const id = this.#count++;
    const waiting = Promise.withResolvers<unknown>();
    this.#thread.postMessage({ id, ...request });
    this.#waiting.set(id, waiting);
    return waiting.promise;
  }

  #settle(answer: ThreadAnswer): void {
    const waiting = this.#waiting.get(answer.id)!;
    this.#waiting.delete(answer.id);
    if ("error" in answer) {
      waiting.reject(Object.assign(new Error(answer.error.message), answer.error));
    } else {
      waiting.resolve(answer.result);
    }
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const waiting of this.#waiting.values()) {
      waiting.reject(this.#failure);
    }
    this.#waiting.clear();
  }
}

/** As Ponder imports it. */
export { ThreadedPglite as PGlite };
