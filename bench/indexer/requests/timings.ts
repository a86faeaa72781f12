import { BenchError } from "../../benchError.ts";
import type { Answer } from "./httpClient.ts";

export interface Timings {
  perSecond: number;
  p95Ms: number;
}

export interface Requests {
  count: number;
  atOnce: number;
  /** Sends the request of this number. */
  send(number: number): Promise<Answer>;
  /** What every answer has in it. */
  answers: string;
}

/**
 * How long requests take.
 *
 * @throws {BenchError} when one is not answered as it should be.
 */
export async function timeRequests({ count, atOnce, send, answers }: Requests): Promise<Timings> {
  const milliseconds: number[] = [];
  const numbers = Array.from({ length: count }, (_, number) => number).values();
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const number of numbers) {
        const sentAt = performance.now();
        const { status, body } = await send(number);
        milliseconds.push(performance.now() - sentAt);
        if (status !== 200 || !body.includes(answers)) {
          throw new BenchError(`a request was answered with status ${status}`, {
            details: body.slice(0, 500),
          });
        }
      }
    }),
  );
  const seconds = (performance.now() - startedAt) / 1e3;
  return { perSecond: count / seconds, p95Ms: percentile95(milliseconds) };
}

function percentile95(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.95) - 1]!;
}
