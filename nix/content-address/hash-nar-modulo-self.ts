import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";

/**
 * Nix's hash of a NAR that refers to its own store path: every occurrence of the path's digest counts as zeros, and
 * the places where it stood count too.
 *
 * @param digest the 32 characters of the path's own digest.
 */
export function hashNarModuloSelf(nar: Uint8Array, digest: string): Uint8Array {
  const bytes = Buffer.from(nar.buffer, nar.byteOffset, nar.byteLength);
  const zeros = new Uint8Array(digest.length);
  const hash = createHash("sha256");
  let end = 0;
  let positions = "";
  for (let start = bytes.indexOf(digest); start !== -1; start = bytes.indexOf(digest, end)) {
    hash.update(bytes.subarray(end, start)).update(zeros);
    positions += `|${start}`;
    end = start + digest.length;
  }
  return new Uint8Array(hash.update(bytes.subarray(end)).update(positions).digest());
}
