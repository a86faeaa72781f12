/** A question to the machine, which changes nothing and costs nothing. */
export type Query =
  /** Which of these store paths does the machine's store lack? */
  | { kind: "missing"; paths: string[] }
  /** The NAR of a store path. */
  | { kind: "nar"; path: string }
  /** The log of a derivation that was built here. */
  | { kind: "log"; drvPath: string }
  /** What is known of a derivation. */
  | { kind: "build"; drvPath: string }
  /** How many paths, derivations and unfinished uploads there are. */
  | { kind: "stats" };

/** The most paths that one `missing` may ask for. */
export const MAX_MISSING_PATHS = 10_000;
