/** Runs up to `places` tasks at a time and queues up to `waitingPlaces` more; calls `refuse`, which throws, for the rest. */
export function createSemaphore(
  places: number,
  waitingPlaces: number,
  refuse: () => never,
): <T>(task: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (task) => {
    if (running < places) {
      running++;
    } else if (waiting.length < waitingPlaces) {
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else {
      refuse();
    }
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next) {
        next();
      } else {
        running--;
      }
    }
  };
}
