export interface FairSemaphoreOptions {
  /** How many tasks run at the same time, of all clients. */
  places: number;
  /** How many tasks of one client run at the same time. */
  placesOfOne: number;
  /** How many tasks wait, of all clients. */
  waitingPlaces: number;
  /** How many tasks of one client wait. */
  waitingPlacesOfOne: number;
  /** Throws, for a task that finds no place. */
  refuse(): never;
}

/** Runs tasks of clients by turns: a client with many waiting tasks delays others by one task each. */
export function createFairSemaphore(
  options: FairSemaphoreOptions,
): <T>(client: string, task: () => Promise<T>) => Promise<T> {
  const running = new Map<string, number>();
  /** The waiting tasks of each client. The client whose turn is next comes first. */
  const queues = new Map<string, (() => void)[]>();
  const total = (counts: Iterable<number>) => [...counts].reduce((sum, count) => sum + count, 0);
  const runningOf = (client: string) => running.get(client) ?? 0;
  const mayRun = (client: string) =>
    runningOf(client) < options.placesOfOne && total(running.values()) < options.places;

  const startNext = () => {
    const next = [...queues].find(([client]) => mayRun(client));
    if (next === undefined) {
      return;
    }
    const [client, [start, ...rest]] = next;
    queues.delete(client);
    if (rest.length > 0) {
      queues.set(client, rest);
    }
    running.set(client, runningOf(client) + 1);
    start!();
  };
  const leave = (client: string) => {
    running.set(client, runningOf(client) - 1);
    if (runningOf(client) === 0) {
      running.delete(client);
    }
    startNext();
  };

  return async (client, task) => {
    const waiting = queues.get(client) ?? [];
    if (mayRun(client)) {
      running.set(client, runningOf(client) + 1);
    } else {
      const allWaiting = total([...queues.values()].map(({ length }) => length));
      if (waiting.length >= options.waitingPlacesOfOne || allWaiting >= options.waitingPlaces) {
        options.refuse();
      }
      await new Promise<void>((start) => queues.set(client, [...waiting, start]));
    }
    try {
      return await task();
    } finally {
      leave(client);
    }
  };
}
