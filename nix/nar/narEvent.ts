/**
 * What a NAR says, in its order. Byte arrays are views into the chunks that were read.
 *
 * - `regular` is followed by its `contents` in pieces, `size` bytes in all; a file of size 0 has none.
 * - `directory` is followed by an `entry` before each node in it, and by `leave`.
 */
export type NarEvent =
  | { readonly kind: "regular"; readonly executable: boolean; readonly size: number }
  | { readonly kind: "contents"; readonly bytes: Uint8Array }
  | { readonly kind: "symlink"; readonly target: Uint8Array }
  | { readonly kind: "directory" }
  | { readonly kind: "entry"; readonly name: Uint8Array }
  | { readonly kind: "leave" };
