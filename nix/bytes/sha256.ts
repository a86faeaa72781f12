import { createHash } from "node:crypto";

/** The sha256 of bytes, or of text in UTF-8. */
export function sha256(data: Uint8Array | string): Uint8Array {
  return new Uint8Array(createHash("sha256").update(data).digest());
}
