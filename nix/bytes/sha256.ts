import { createHash } from "node:crypto";

/** sha256 of bytes, or of text's UTF-8. */
export function sha256(data: Uint8Array | string): Uint8Array {
  return new Uint8Array(createHash("sha256").update(data).digest());
}
