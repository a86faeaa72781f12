/** Runs `work` on all items, at most `limit` at a time. After a failure no more are started, and the first is thrown. */
export async function forEachParallel<T>(
  limit: number,
  items: readonly T[],
  work: (item: T, position: number) => Promise<void>,
): Promise<void> {
  const queue = items.entries();
  let failed = false;
  const worker = async () => {
    for (const [position, item] of queue) {
      if (failed) {
        return;
      }
      try {
        await work(item, position);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const results = await Promise.allSettled(Array.from({ length: limit }, worker));
  for (const result of results) {
    if (result.status === "rejected") {
      throw result.reason;
    }
  }
}
