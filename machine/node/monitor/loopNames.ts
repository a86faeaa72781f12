export const LOOP_NAMES = ["chain", "machine"] as const;
export type LoopName = (typeof LOOP_NAMES)[number];
