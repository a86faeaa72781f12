import {
  compareBytes,
  type NarDirectory,
  type NarNode,
  type NarRegular,
  type NarSymlink,
} from "../../../nix/index.ts";

/** Text as UTF-8; bytes as they are. */
export function bytes(data: string | Uint8Array): Uint8Array {
  return typeof data === "string" ? new TextEncoder().encode(data) : data;
}

export function file(contents: string | Uint8Array): NarRegular {
  return { kind: "regular", executable: false, contents: bytes(contents) };
}

export function program(contents: string | Uint8Array): NarRegular {
  return { kind: "regular", executable: true, contents: bytes(contents) };
}

export function link(target: string | Uint8Array): NarSymlink {
  return { kind: "symlink", target: bytes(target) };
}

export function directory(...entries: [name: string | Uint8Array, node: NarNode][]): NarDirectory {
  return {
    kind: "directory",
    entries: entries
      .map(([name, node]) => ({ name: bytes(name), node }))
      .sort((a, b) => compareBytes(a.name, b.name)),
  };
}
