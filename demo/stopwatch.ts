import type { Progress, Stage } from "../support/index.ts";

export interface TimedStage {
  name: string;
  /** Wall-clock milliseconds. */
  ms: number;
}

/** Runs the stages of a task in order, shows them, and keeps how long each took. */
export interface Stopwatch {
  readonly stages: readonly TimedStage[];
  time<Result>(name: string, work: (stage: Stage) => Promise<Result>): Promise<Result>;
}

/** @param signal ends the stage that is under way. */
export function createStopwatch(progress: Progress, signal: AbortSignal): Stopwatch {
  const stages: TimedStage[] = [];
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  aborted.catch(() => {});
  return {
    stages,
    async time(name, work) {
      signal.throwIfAborted();
      const startedAt = performance.now();
      let outcome: string | undefined;
      const shown = progress.stage(name);
      const stage: Stage = {
        ...shown,
        done: (text) => {
          outcome = text;
        },
      };
      try {
        const result = await Promise.race([work(stage), aborted]);
        stages.push({ name, ms: Math.round(performance.now() - startedAt) });
        shown.done(outcome);
        return result;
      } catch (error) {
        shown.fail();
        throw error;
      }
    },
  };
}
