import type { WireReader } from "./wireReader.ts";
import { WireWriter } from "./wireWriter.ts";

/** What Nix's database holds about a valid path. */
export interface PathInfo {
  /** sha256 of the NAR, 64 hexadecimal digits. */
  readonly narHash: string;
  /** In bytes. */
  readonly narSize: number;
  /** Sorted; includes the path itself if it refers to itself. */
  readonly references: readonly string[];
}

/** A path with its content, to be added to the store. */
export interface AddedPath extends PathInfo {
  readonly path: string;
  readonly nar: Uint8Array;
}

export function readPathInfo(reader: WireReader): PathInfo {
  reader.text(); // deriver
  const narHash = reader.text();
  const references = reader.texts();
  reader.skip(); // registration time
  const narSize = reader.number();
  reader.skip(); // ultimate
  reader.texts(); // signatures
  reader.text(); // content address
  return { narHash, narSize, references };
}

export function writePathInfo({ path, narHash, narSize, references }: AddedPath): WireWriter {
  return new WireWriter()
    .text(path)
    .text("") // deriver: nothing vouches for it
    .text(narHash)
    .texts(references)
    .number(0) // registration time
    .number(narSize)
    .number(false) // ultimate
    .texts([]) // signatures
    .text(""); // content address: already checked
}
