/**
 * What the machine says in a report: one JSON object a report, in canonical form. Reports cannot be proved; what is proved is in
 * the outputs. Only the answer to `nar` is not JSON: its reports, one after the other, are the NAR's bytes.
 */
export type Report =
  /** Why the input or the query was rejected: one line. */
  | { kind: "error"; message: string }
  /** What a reader should know about an input that was accepted without outputs: one line. */
  | { kind: "info"; message: string }
  /** A piece of a build's log; the pieces of one derivation follow each other. */
  | { kind: "log"; drvPath: string; text: string }
  /** Answers `missing`: those of the paths asked for that the machine's store lacks, in the order asked. */
  | { kind: "missing"; paths: string[] }
  /** Answers `build`: what the machine knows of a derivation's outputs. */
  | { kind: "build"; drvPath: string; inputIndex: number | null; outputs: BuiltOutput[] }
  /** Answers `stats`. */
  | { kind: "stats"; paths: number; derivations: number; uploads: number };

/** One output of a derivation that the machine has. */
export type BuiltOutput = {
  name: string;
  path: string;
  /** sha256 of the NAR, 64 hexadecimal digits. */
  narHash: string;
  /** In bytes. */
  narSize: number;
};
