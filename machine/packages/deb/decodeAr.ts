import { DebianFormatError } from "../packagesErrors.ts";

/** A member of an ar archive: where its content lies in the archive, in bytes. */
export interface ArMember {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
}

const MAGIC = "!<arch>\n";
const HEADER_BYTES = 60;

/**
 * Lists the members of an ar archive, the outer layer of a .deb: the common format without long names, deb(5).
 *
 * @throws {DebianFormatError} when a header is malformed or the archive is truncated.
 */
export function decodeAr(archive: Uint8Array): ArMember[] {
  if (textOf(archive, 0, MAGIC.length) !== MAGIC) {
    throw new DebianFormatError("not an ar archive");
  }
  const members: ArMember[] = [];
  let position = MAGIC.length;
  while (position < archive.length) {
    const header = textOf(archive, position, HEADER_BYTES);
    const size = header.slice(48, 58).trimEnd();
    if (header.length !== HEADER_BYTES || header.slice(58) !== "`\n" || !/^[0-9]+$/.test(size)) {
      throw new DebianFormatError(`malformed ar member header at byte ${position}`);
    }
    const member = {
      name: header.slice(0, 16).trimEnd().replace(/\/$/, ""),
      offset: position + HEADER_BYTES,
      size: Number(size),
    };
    if (member.offset + member.size > archive.length) {
      throw new DebianFormatError(`truncated ar member ${JSON.stringify(member.name)}`);
    }
    members.push(member);
    position = member.offset + member.size + (member.size % 2);
  }
  return members;
}

function textOf(bytes: Uint8Array, start: number, length: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString(
    "latin1",
    start,
    start + length,
  );
}
