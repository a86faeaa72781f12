import type { Random } from "./random.ts";

/** What a parser made of an input. */
export type Verdict = "accepted" | "refused";

/** A parser that meets hostile bytes, and how to attack it. */
export interface Target {
  /** In one line: what is read, and who may have written it. */
  readonly description: string;
  /** Valid inputs to start from, besides those of the corpus folder. */
  seeds(seed: number): Uint8Array[];
  /** Pieces that the format is made of. */
  readonly dictionary?: readonly (string | Uint8Array)[];
  /** Changes an input in the format's own terms. */
  mutate?(input: Uint8Array, random: Random): Uint8Array;
  /** Bytes beyond which inputs are cut; 4,096 when left out. */
  readonly maxLength?: number;
  /** Throws when the parser does not keep what it promises. */
  check(input: Uint8Array): Verdict;
}

export const DEFAULT_MAX_LENGTH = 4_096;
