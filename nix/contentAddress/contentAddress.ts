import type { FixedOutput } from "../storePath/forFixedOutput.ts";

/** How a store path's name follows from its content. */
export type ContentAddress =
  /** `.drv` files and `builtins.toFile`: one file and its references. */
  | { readonly kind: "text"; readonly contents: Uint8Array }
  /** A source, or a recursive sha256 fixed output: the whole tree and its references. */
  | { readonly kind: "source"; readonly narSha256: Uint8Array }
  /** A fixed output of another mode or algorithm; it has no references. */
  | { readonly kind: "fixed"; readonly output: FixedOutput };

/** A store path with what its name should follow from, as in an export stream. */
export interface ContentAddressed {
  readonly path: string;
  readonly nar: Uint8Array;
  /** Sorted, without doubles. */
  readonly references: readonly string[];
}
