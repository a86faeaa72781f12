import type { Random } from "./random.ts";

/** A parser's decision about an input. */
export type Verdict = "accepted" | "refused";

/** A parser of untrusted bytes, and how to attack it. */
export interface Target {
  /** One line: what is read, and who may have written it. */
  readonly description: string;
  /** Valid inputs to start from, in addition to the corpus. */
  seeds(seed: number): Uint8Array[];
  /** Pieces that the format consists of. */
  readonly dictionary?: readonly (string | Uint8Array)[];
  /** Changes an input in the format's own terms. */
  mutate?(input: Uint8Array, random: Random): Uint8Array;
  /** Bytes at which inputs are cut off; 4,096 if left out. */
  readonly maxLength?: number;
  /** Throws if the parser breaks one of its promises. */
  check(input: Uint8Array): Verdict;
}

export const DEFAULT_MAX_LENGTH = 4_096;
