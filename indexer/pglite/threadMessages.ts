/** A statement for PGlite's thread, or its end. */
export type ThreadRequest = { id: number } & (
  | { kind: "query"; text: string; values: readonly unknown[]; options: ThreadQueryOptions }
  | { kind: "exec"; text: string }
  | { kind: "close" }
);

export interface ThreadQueryOptions {
  rowMode?: "array" | "object" | undefined;
  /** What a statement reads from `/dev/blob`. */
  blob?: Blob | undefined;
  /** Types whose values stay as Postgres writes them. */
  textTypes: readonly number[];
}

export type ThreadAnswer = { id: number } & ({ result: unknown } | { error: ThreadError });

/** An error's own fields, which are lost where an `Error` goes from thread to thread. */
export interface ThreadError extends Record<string, unknown> {
  message: string;
}
