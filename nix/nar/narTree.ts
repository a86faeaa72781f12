/** A file, a symlink or a directory, which is all that a NAR can hold. */
export type NarNode = NarRegular | NarSymlink | NarDirectory;

export interface NarRegular {
  readonly kind: "regular";
  readonly executable: boolean;
  readonly contents: Uint8Array;
}

export interface NarSymlink {
  readonly kind: "symlink";
  readonly target: Uint8Array;
}

export interface NarDirectory {
  readonly kind: "directory";
  /** Sorted by `compareBytes` of their names, without duplicates. */
  readonly entries: readonly NarEntry[];
}

export interface NarEntry {
  /** Bytes, since file names need not be UTF-8. */
  readonly name: Uint8Array;
  readonly node: NarNode;
}
