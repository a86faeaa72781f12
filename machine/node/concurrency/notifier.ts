/** Lets one loop wait until another has work for it. */
export interface Notifier {
  wake(): void;
  /** Resolves at the next `wake` (at once if there was one since the last wait), after the timeout, or on abort. */
  wait(signal: AbortSignal, timeoutMs?: number): Promise<void>;
}

export function createNotifier(): Notifier {
  let isNotified = false;
  let resolveWait = () => {};
  return {
    wake() {
      isNotified = true;
      resolveWait();
    },
    async wait(signal, timeoutMs) {
      if (!isNotified && !signal.aborted) {
        const { promise, resolve } = Promise.withResolvers<void>();
        resolveWait = () => resolve();
        const timer = timeoutMs === undefined ? undefined : setTimeout(resolveWait, timeoutMs);
        signal.addEventListener("abort", resolveWait, { once: true });
        await promise;
        signal.removeEventListener("abort", resolveWait);
        clearTimeout(timer);
      }
      isNotified = false;
    },
  };
}
