/** One computation at a time, which goes on while others do something else. */
export interface BackgroundTask<T> {
  /**
   * The result of a computation, once. It is started unless it is running, and unless another one is.
   *
   * @returns `undefined` while it is not there.
   * @throws what the computation threw.
   */
  poll(key: string, compute: () => Promise<T>): T | undefined;
  /** Ends when nothing is running any more. */
  idle(): Promise<void>;
}

/** @param onSettled is called whenever a computation has ended. */
export function createBackgroundTask<T>(onSettled: () => void): BackgroundTask<T> {
  let current: { key: string; outcome?: PromiseSettledResult<T>; ended: Promise<void> } | undefined;
  return {
    poll(key, compute) {
      const { outcome } = current ?? {};
      if (current === undefined || (outcome !== undefined && current.key !== key)) {
        current = start(key, compute);
        return undefined;
      }
      if (outcome === undefined) {
        return undefined;
      }
      current = undefined;
      if (outcome.status === "rejected") {
        throw outcome.reason;
      }
      return outcome.value;
    },
    idle: async () => current?.ended,
  };

  function start(key: string, compute: () => Promise<T>) {
    const task: NonNullable<typeof current> = { key, ended: Promise.resolve() };
    task.ended = Promise.allSettled([compute()]).then(([outcome]) => {
      task.outcome = outcome!;
      onSettled();
    });
    return task;
  }
}
