import { z } from "zod";
import { CartenixError } from "../../support/index.ts";
import { printableText } from "../printableText.ts";
import { readAtMost } from "../readAtMost.ts";
import { IndexerAnswerError, IndexerUnreachableError } from "./indexerErrors.ts";

/** An indexer, which may be anyone's: nothing that it says is believed before the chain said the same. */
export interface IndexerAt {
  /** Its address, `https://host`. */
  readonly url: string;
  readonly signal?: AbortSignal | undefined;
}

interface Issue {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** What an answer must be: a schema of zod, which is no part of the package's types. */
interface Shape<Value> {
  safeParse(
    answer: unknown,
  ): { success: true; data: Value } | { success: false; error: { issues: readonly Issue[] } };
}

/** Indexers of ours answer with 4 MiB at most. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;
const TIMEOUT_MS = 15_000;

const problem = z.object({ error: z.object({ message: z.string(), remedy: z.string().optional() }) });

/**
 * Asks an indexer's REST API.
 *
 * @param path With its query, as in docs/indexer.md.
 * @param shape What the answer must be.
 * @returns `undefined` where the indexer answers that it has no such thing.
 * @throws {IndexerUnreachableError} when nothing answers.
 * @throws {IndexerAnswerError} when it refuses, or answers with something else.
 */
export async function askIndexer<Value>(
  { url, signal }: IndexerAt,
  path: string,
  shape: Shape<Value>,
): Promise<Value | undefined> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const { status, text } = await read(
    `${url}${path}`,
    signal ? AbortSignal.any([signal, timeout]) : timeout,
  ).catch((cause: unknown) => {
    signal?.throwIfAborted();
    if (cause instanceof CartenixError) {
      throw new IndexerAnswerError(cause.shortMessage, { cause });
    }
    throw new IndexerUnreachableError(`no indexer answers at ${url}`, {
      cause,
      details: timeout.aborted
        ? `nothing within ${TIMEOUT_MS / 1_000} s`
        : printableText(String((cause as Error).cause ?? cause)),
      remedy: "check --indexer-url, or ask without an indexer: lookup and verify of store paths need none",
    });
  });
  if (status === 404) {
    return undefined;
  }
  const json = parseJson(text);
  if (status !== 200) {
    const refusal = problem.safeParse(json);
    throw new IndexerAnswerError(`the indexer refuses: HTTP ${status}`, {
      details: refusal.success ? printableText(refusal.data.error.message) : undefined,
      remedy: refusal.data?.error.remedy && printableText(refusal.data.error.remedy),
    });
  }
  const answer = shape.safeParse(json);
  if (!answer.success) {
    const [issue] = answer.error.issues;
    throw new IndexerAnswerError(`the answer of ${url} is not an indexer's`, {
      details: printableText(`${issue?.path.join(".") || "the answer"}: ${issue?.message}`),
      remedy: "check --indexer-url: it is the address under which /v1 is",
    });
  }
  return answer.data;
}

async function read(url: string, signal: AbortSignal): Promise<{ status: number; text: string }> {
  const response = await fetch(url, { signal, headers: { accept: "application/json" } });
  return {
    status: response.status,
    text: new TextDecoder().decode(await readAtMost(response, MAX_ANSWER_BYTES)),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
