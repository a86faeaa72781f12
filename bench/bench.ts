import type { Progress } from "../support/index.ts";

/** One figure: ours and what it is compared to, both from the same run. */
export interface BenchRow {
  bench: string;
  metric: string;
  unit: string;
  ours: number;
  other: number;
  /** ours / other. */
  ratio: number;
}

/** A figure without its bench's name and ratio, which the runner adds. */
export type BenchFigure = Omit<BenchRow, "bench" | "ratio">;

/** What a file in `bench/` exports by default; the file's name is the bench's name. */
export interface Bench {
  /** One line: what is measured against what. */
  description: string;
  run(progress: Progress): Promise<BenchFigure[]>;
}
