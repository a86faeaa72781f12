import { DebianFormatError } from "../packagesErrors.ts";
import { decodeAr } from "./decodeAr.ts";

/** The part of a .deb that holds the package's files: a tar archive, perhaps compressed. */
export interface DebContent {
  readonly bytes: Uint8Array;
  readonly compression: "xz" | "gzip" | "none";
}

const COMPRESSIONS = { ".xz": "xz", ".gz": "gzip", "": "none" } as const;

/**
 * Finds the archive of a package's files in a .deb of format 2.0, deb(5).
 *
 * @throws {DebianFormatError} when the .deb is malformed, or compressed in another way.
 */
export function decodeDeb(deb: Uint8Array): DebContent {
  const members = decodeAr(deb);
  const [first] = members;
  const version =
    first && Buffer.from(deb.subarray(first.offset, first.offset + first.size)).toString("latin1");
  if (first?.name !== "debian-binary" || !/^2\.[0-9]+\n/.test(version ?? "")) {
    throw new DebianFormatError("not a Debian package of format 2");
  }
  for (const suffix of [".xz", ".gz", ""] as const) {
    const data = members.find((member) => member.name === `data.tar${suffix}`);
    if (data) {
      return { bytes: deb.subarray(data.offset, data.offset + data.size), compression: COMPRESSIONS[suffix] };
    }
  }
  throw new DebianFormatError("a Debian package without data.tar, data.tar.gz or data.tar.xz");
}
