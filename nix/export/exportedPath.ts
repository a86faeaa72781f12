/** One store path in a `nix-store --export` stream, as the stream claims it to be. Nothing of it is verified. */
export interface ExportedPath {
  readonly path: string;
  /** Its content, a canonical NAR. */
  readonly nar: Uint8Array;
  /** Store paths, sorted, without doubles; may include `path` itself. */
  readonly references: readonly string[];
  /** The derivation that made it, as whoever exported it said. */
  readonly deriver: string | undefined;
}
