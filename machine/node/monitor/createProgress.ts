import type { NodeStatus } from "./nodeStatus.ts";

/** Times the input that is being processed. */
export interface Progress {
  current(): NodeStatus["current"];
  /** Receives how far the input is; `undefined` when none is being processed. */
  report(progress: { inputIndex: bigint; cycles: bigint } | undefined): void;
}

export function createProgress(): Progress {
  let current: NodeStatus["current"];
  let startedAt = 0;
  return {
    current: () => current,
    report(progress) {
      if (progress?.inputIndex !== current?.inputIndex) {
        startedAt = performance.now();
      }
      current = progress && { ...progress, milliseconds: Math.round(performance.now() - startedAt) };
    },
  };
}
