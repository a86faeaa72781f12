/** One store path in a `nix-store --export` stream, as the stream claims it to be. Nothing of it is verified. */
export interface ExportedPath {
  readonly path: string;
  /** Its content, a canonical NAR. */
  readonly nar: Uint8Array;
  /** Store paths, sorted, without duplicates; may include `path` itself. */
  readonly references: readonly string[];
  /** The derivation that built it, according to the exporter. */
  readonly deriver: string | undefined;
}
