/** Lets a loop sleep until another has work for it. */
export interface Notifier {
  wake(): void;
  /** Resolves at the next `wake` (at once if there was one since the last wait), after the pause, or on abort. */
  wait(signal: AbortSignal, pauseMilliseconds?: number): Promise<void>;
}

export function createNotifier(): Notifier {
  let awake = false;
  let rouse = () => {};
  return {
    wake() {
      awake = true;
      rouse();
    },
    async wait(signal, pauseMilliseconds) {
      if (!awake && !signal.aborted) {
        const { promise, resolve } = Promise.withResolvers<void>();
        rouse = () => resolve();
        const timer = pauseMilliseconds === undefined ? undefined : setTimeout(rouse, pauseMilliseconds);
        signal.addEventListener("abort", rouse, { once: true });
        await promise;
        signal.removeEventListener("abort", rouse);
        clearTimeout(timer);
      }
      awake = false;
    },
  };
}
